package dev.culvert.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.culvert.testkit.app.WebSocketProbe;
import dev.culvert.testkit.http.GrpcApp;
import dev.culvert.testkit.http.GrpcProbe;
import dev.culvert.testkit.netns.LabPod;
import dev.culvert.testkit.netns.MeshLab;
import dev.culvert.testkit.netns.Shell;
import dev.culvert.testkit.netns.WaypointSpec;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Clients and servers that others wrote, through a waypoint.
class WaypointInteropTest {
    private static final String ECHO = "10.96.3.1";
    private static final String TALK = "10.96.3.2";
    private static final String URL = "http://" + ECHO;
    private static final int LARGE = 8 << 20;
    private static final String COMPLETED = "completed";
    private static HttpCase mesh;
    private static LabPod client;
    private static GrpcApp talk;
    private static GrpcProbe grpc;
    private static Path large;

    @BeforeAll
    static void start() throws IOException {
        mesh = new HttpCase(MeshLab.start(Labs.twoNodes("l7interop")));
        mesh.lab.manifests().namespace("shop", HttpCase.withWaypoint());
        mesh.service("shop", "echo", ECHO, 80, 8080);
        mesh.service("shop", "talk", TALK, 50_051, 50_051, "kubernetes.io/h2c");
        mesh.lab.gateway(WaypointSpec.of("shop", HttpCase.WAYPOINT), 2);
        client = mesh.pod("shop", "client", 1);
        mesh.echo(mesh.pod("shop", "echo", 2), 8080);
        talk = GrpcApp.start(mesh.lab.sockets(), mesh.pod("shop", "talk", 2), 50_051);
        InetSocketAddress peer = new InetSocketAddress(InetAddress.ofLiteral(TALK), 50_051);
        grpc = new GrpcProbe(mesh.lab.sockets(), client, peer, "talk:50051", Duration.ofSeconds(20));
        large = mesh.lab.lab().directory().resolve("large");
        Files.writeString(large, "0123456789abcdef".repeat(LARGE / 16));
        mesh.get(client, ECHO, 80, "echo", "/").succeeds();
    }

    @AfterAll
    static void stop() {
        grpc.close();
        talk.close();
        mesh.close();
    }

    private static Shell.Result run(String... command) {
        Shell.Result result = client.exec(command);
        assertThat(result.code()).as(result.err() + result.out()).isZero();
        return result;
    }

    private static void assertCurl(String version, String option) {
        String get = run("curl", "-sS", option, "-w", "%{http_version} %{response_code}", URL + "/get")
                .out();
        assertThat(get).contains("path=/get").endsWith(version + " 200");
        String sent = "@" + large;
        String post =
                run("curl", "-sS", option, "--data-binary", sent, URL + "/post").out();
        assertThat(bodyOf(post)).hasSize(LARGE).endsWith("0123456789abcdef");
        String head = run("curl", "-sS", option, "-I", URL + "/head").out();
        assertThat(head).contains(" 200").contains("content-length:");
    }

    private static String bodyOf(String echoed) {
        return echoed.lines()
                .filter(line -> line.startsWith("body="))
                .findFirst()
                .orElse("")
                .substring("body=".length());
    }

    @Test
    void curlOverHttp1() {
        assertCurl("1.1", "--http1.1");
        String several = run("curl", "-sS", URL + "/1", URL + "/2", URL + "/3").out();
        assertThat(several).contains("path=/1", "path=/2", "path=/3");
    }

    @Test
    void curlOverHttp2WithPriorKnowledge() {
        assertCurl("2", "--http2-prior-knowledge");
    }

    @Test
    void curlInChunks() {
        String post = run(
                        "curl",
                        "-sS",
                        "-H",
                        "Transfer-Encoding: chunked",
                        "--data-binary",
                        "@" + large,
                        URL + "/chunks")
                .out();
        assertThat(bodyOf(post)).hasSize(LARGE);
    }

    @Test
    void nghttp() {
        String output = run("nghttp", "-v", "--trailer", "x-trailer: end", "-d", large.toString(), URL + "/nghttp")
                .out();
        assertThat(output).contains(":status: 200").contains("path=/nghttp");
        assertThat(output).doesNotContain("RST_STREAM").doesNotContain("[ERROR]");
    }

    @Test
    void h2load() {
        String output = run("h2load", "-n5000", "-c8", "-m16", URL + "/h2load").out();
        assertThat(output).contains("5000 succeeded, 0 failed, 0 errored, 0 timeout");
        assertThat(output).contains("status codes: 5000 2xx, 0 3xx, 0 4xx, 0 5xx");
    }

    @Test
    void wrk() {
        try (Wrk load = Wrk.start(mesh.lab, client, URL + "/wrk", 32)) {
            MeshCase.pause(5_000);
            load.assertNoneFailed(2_000);
        }
    }

    @Test
    void webSocketOfTheJdk() {
        String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
        String classes = Arrays.stream(System.getProperty("java.class.path").split(":"))
                .filter(entry -> entry.contains("testkit") || entry.contains("jspecify"))
                .collect(Collectors.joining(":"));
        String output = run(
                        java,
                        "-Xmx64m",
                        "-cp",
                        classes,
                        WebSocketProbe.class.getName(),
                        "ws://" + ECHO + "/socket",
                        "100",
                        "1000000")
                .out();
        assertThat(output).endsWith("ok\n");
    }

    @Test
    void grpcUnaryWithTrailers() {
        AtomicReference<Metadata> headers = new AtomicReference<>();
        AtomicReference<Metadata> trailers = new AtomicReference<>();
        Channel watched = ClientInterceptors.intercept(
                grpc.channel(), MetadataUtils.newCaptureMetadataInterceptor(headers, trailers));
        assertThat(ClientCalls.blockingUnaryCall(watched, GrpcApp.ECHO, options(), "hello"))
                .isEqualTo("hello");
        assertThat(trailers.get().get(GrpcApp.TRAILER)).isEqualTo("end");
        assertThatExceptionOfType(StatusRuntimeException.class)
                .isThrownBy(() -> ClientCalls.blockingUnaryCall(watched, GrpcApp.FAIL, options(), "as asked"))
                .satisfies(e -> {
                    assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
                    assertThat(e.getStatus().getDescription()).isEqualTo("as asked");
                });
        assertThat(trailers.get().get(GrpcApp.TRAILER)).isEqualTo("end");
    }

    @Test
    void grpcStreamOfTheServer() {
        Iterator<String> messages =
                ClientCalls.blockingServerStreamingCall(grpc.channel(), GrpcApp.SPLIT, options(), "10000");
        int count = 0;
        while (messages.hasNext()) {
            assertThat(messages.next()).isEqualTo(Integer.toString(count++));
        }
        assertThat(count).isEqualTo(10_000);
    }

    @Test
    void grpcStreamOfTheClient() throws InterruptedException {
        Heard heard = new Heard();
        StreamObserver<String> out = ClientCalls.asyncClientStreamingCall(call(GrpcApp.GATHER), heard);
        for (int i = 0; i < 10_000; i++) {
            out.onNext("message " + i);
        }
        out.onCompleted();
        assertThat(heard.take()).isEqualTo("10000");
        assertThat(heard.take()).isEqualTo(COMPLETED);
    }

    @Test
    void grpcStreamsBothWaysMessageByMessage() throws InterruptedException {
        Heard heard = new Heard();
        StreamObserver<String> out = ClientCalls.asyncBidiStreamingCall(call(GrpcApp.CHAT), heard);
        List<String> came = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            out.onNext("message " + i);
            came.add(heard.take());
        }
        out.onCompleted();
        assertThat(heard.take()).isEqualTo(COMPLETED);
        assertThat(came).hasSize(100).startsWith("message 0").endsWith("message 99");
    }

    private static io.grpc.ClientCall<String, String> call(MethodDescriptor<String, String> method) {
        return grpc.channel().newCall(method, options());
    }

    private static CallOptions options() {
        return CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    /// What comes back, in order. Thread-safe.
    private static final class Heard implements StreamObserver<String> {
        private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();

        @Override
        public void onNext(String message) {
            messages.add(message);
        }

        @Override
        public void onError(Throwable error) {
            messages.add(error.toString());
        }

        @Override
        public void onCompleted() {
            messages.add(COMPLETED);
        }

        String take() throws InterruptedException {
            return String.valueOf(messages.poll(20, TimeUnit.SECONDS));
        }
    }
}
