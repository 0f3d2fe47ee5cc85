package dev.culvert.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.api.zds.WorkloadInfo;
import dev.culvert.linux.Netns;
import dev.culvert.mesh.config.Machine;
import dev.culvert.process.Drain;
import dev.culvert.process.HttpEndpoint;
import dev.culvert.process.LogFilter;
import dev.culvert.process.LogFormat;
import dev.culvert.process.Logs;
import dev.culvert.process.Metrics;
import dev.culvert.process.ProcessParts;
import dev.culvert.process.Readiness;
import dev.culvert.process.Settings;
import dev.culvert.testkit.FakeZds;
import dev.culvert.testkit.netns.Shell;
import dev.culvert.ztunnel.config.EndpointConfig;
import dev.culvert.ztunnel.config.ZtunnelConfig;
import dev.culvert.ztunnel.inpod.ZdsClient;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The whole process but its main method, with a real pod namespace, a scripted node agent and a static mesh.
class ZtunnelAppTest {
    private static final String MESH = """
            workloads:
            - {uid: "c//Pod/shop/web-1", name: web-1, namespace: shop, serviceAccount: web, workloadIps: [10.0.0.2],
               protocol: HBONE, node: n1}
            """;
    private static final WorkloadInfo WEB = WorkloadInfo.newBuilder()
            .setName("web-1")
            .setNamespace("shop")
            .setServiceAccount("web")
            .build();

    @TempDir
    private Path directory;

    private final String pod = "zt-app-" + ProcessHandle.current().pid();
    private final Drain drain = new Drain();
    private final CompletableFuture<String> end = new CompletableFuture<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Logs logs = Logs.start(LogFormat.PLAIN, LogFilter.DEFAULT, OutputStream.nullOutputStream());
    private final HttpEndpoint endpoint = new HttpEndpoint();
    private FakeZds agent;
    private ZtunnelApp app;

    @BeforeEach
    void start() throws Exception {
        Shell.run("ip", "netns", "add", pod);
        Shell.run("ip", "-n", pod, "link", "set", "lo", "up");
        Path socket = directory.resolve("zds.sock");
        agent = FakeZds.listen(socket);
        ProcessParts.Ending ending = new ProcessParts.Ending() {
            @Override
            public void requested(String by) {
                end.complete("requested by " + by);
            }

            @Override
            public void failed(String why) {
                end.complete("failed: " + why);
            }
        };
        ProcessParts parts = new ProcessParts(logs, new Metrics(), endpoint, new Readiness(), drain, ending);
        app = ZtunnelApp.start(config(), parts, new ZdsClient(socket, ending::failed));
    }

    private ZtunnelConfig config() {
        Settings settings = Settings.of(Map.of(
                "XDS_ADDRESS",
                "",
                "CA_ADDRESS",
                "",
                "LOCAL_XDS",
                MESH,
                "NODE_NAME",
                "n1",
                "ZTUNNEL_WORKER_THREADS",
                "2"));
        ZtunnelConfig read = ZtunnelConfig.from(settings, Machine.here());
        settings.check();
        return new ZtunnelConfig(
                read.mode(),
                read.node(),
                read.xds(),
                read.certificates(),
                read.sockets(),
                read.tunnel(),
                read.dns(),
                new EndpointConfig(0, 0, 0),
                read.lifecycle(),
                read.logging());
    }

    @AfterEach
    void close() {
        drain.immediate();
        app.close();
        agent.close();
        endpoint.close();
        logs.close();
        http.close();
        Shell.run("ip", "netns", "delete", pod);
    }

    @Test
    void servesPodsTellsOfThemAndEndsWhenAsked() throws Exception {
        try (FakeZds.Connection proxy = agent.connection();
                Netns netns = Netns.open(Path.of("/var/run/netns", pod))) {
            HttpResponse<String> early = get(app.ports().readinessPort(), "/healthz/ready");
            assertThat(early.statusCode()).isEqualTo(500);
            assertThat(early.body()).isEqualTo("not ready, pending: workload proxy manager");

            assertThat(proxy.add("uid-1", WEB, netns.fd())).isEmpty();
            assertThat(proxy.snapshotSent()).isEmpty();
            await().untilAsserted(() -> assertThat(
                            get(app.ports().readinessPort(), "/healthz/ready").body())
                    .isEqualTo("ready"));
            assertThat(listening()).contains(":15001", ":15006", ":15008", "127.0.0.1:15053", "[::1]:15053");

            assertThat(get(app.ports().adminPort(), "/config_dump").body())
                    .contains("\"uid-1\": {", "\"state\": \"Up\"", "\"uid\": \"c//Pod/shop/web-1\"", "\"HBONE\"");
            await().untilAsserted(() -> assertThat(
                            get(app.ports().metricsPort(), "/stats/prometheus").body())
                    .contains("workload_manager_active_proxy_count 1"));
            assertThat(get(app.ports().adminPort(), "/quitquitquit").statusCode())
                    .isEqualTo(405);
            assertThat(post(app.ports().adminPort(), "/quitquitquit").statusCode())
                    .isEqualTo(200);
            assertThat(end).succeedsWithin(Duration.ofSeconds(5)).isEqualTo("requested by POST /quitquitquit");

            assertThat(drain.graceful(Duration.ofSeconds(5)).toCompletableFuture())
                    .succeedsWithin(Duration.ofSeconds(5));
            assertThat(listening()).doesNotContain(":15001", ":15006", ":15008");
        }
    }

    @Test
    void endsTheServiceOfAPodThatIsGone() throws Exception {
        try (FakeZds.Connection proxy = agent.connection();
                Netns netns = Netns.open(Path.of("/var/run/netns", pod))) {
            assertThat(proxy.add("uid-1", WEB, netns.fd())).isEmpty();
            assertThat(proxy.snapshotSent()).isEmpty();
            assertThat(proxy.delete("uid-1")).isEmpty();
            await().untilAsserted(() -> assertThat(listening()).doesNotContain(":15001", ":15006", ":15008"));
            assertThat(app.pods()).isEmpty();
            assertThat(proxy.add("uid-1", WEB, netns.fd())).isEmpty();
            assertThat(listening()).contains(":15001", ":15006", ":15008");
        }
    }

    @Test
    void tellsTheAgentWhenAPortOfAPodCannotBeHadAndTriesAgain() throws Exception {
        List<String> taker = Shell.inside(
                pod,
                "python3",
                "-c",
                "import socket,time; s=socket.socket(); s.bind(('',15006)); s.listen(); print('x',flush=True);"
                        + " time.sleep(60)");
        Process other = new ProcessBuilder(taker).start();
        try (FakeZds.Connection proxy = agent.connection();
                Netns netns = Netns.open(Path.of("/var/run/netns", pod))) {
            assertThat(other.getInputStream().read()).isEqualTo('x');
            assertThat(proxy.add("uid-1", WEB, netns.fd())).contains("shop/web-1", "in use");
            assertThat(listening()).doesNotContain(":15001", ":15008", ":15053");
            assertThat(proxy.snapshotSent()).isEmpty();
            other.destroyForcibly().waitFor();
            await().untilAsserted(() -> assertThat(listening()).contains(":15001", ":15006", ":15008"));
            await().untilAsserted(() -> assertThat(
                            get(app.ports().readinessPort(), "/healthz/ready").statusCode())
                    .isEqualTo(200));
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void answersWhatIsNoHttpWithABadRequest() throws Exception {
        await().untilAsserted(() -> assertThat(app.ports().metricsPort()).isNotZero());
        for (int port : new int[] {app.ports().readinessPort(), app.ports().metricsPort()}) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.setSoTimeout(1_000);
                OutputStream out = socket.getOutputStream();
                out.write("this is no http\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                String answer = new String(socket.getInputStream().readNBytes(15), StandardCharsets.US_ASCII);
                assertThat(answer).startsWith("HTTP/1.1 400");
            }
        }
    }

    private String listening() {
        return Shell.run(Shell.inside(pod, "ss", "-lntH").toArray(String[]::new));
    }

    private HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(port, path)).build());
    }

    private HttpResponse<String> post(int port, String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(port, path))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build());
    }

    private static URI uri(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
