package dev.culvert.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.culvert.agent.config.AgentConfig;
import dev.culvert.agent.zds.MeshPod;
import dev.culvert.agent.zds.PodSink;
import dev.culvert.kube.DirectorySource;
import dev.culvert.linux.NetnsThread;
import dev.culvert.plugin.AgentClient;
import dev.culvert.plugin.PluginEvent;
import dev.culvert.process.LogFilter;
import dev.culvert.process.LogFormat;
import dev.culvert.process.Logs;
import dev.culvert.process.Metrics;
import dev.culvert.process.Readiness;
import dev.culvert.process.Settings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentAppTest {
    @TempDir
    Path dir;

    private PodNetns host;
    private PodNetns pod;
    private NetnsThread thread;
    private DirectorySource source;
    private Metrics metrics;
    private Sink sink;
    private AgentApp app;
    private AgentClient client;

    /// A proxy that does as it is told and remembers what it heard.
    private static final class Sink implements PodSink {
        final List<String> heard = new CopyOnWriteArrayList<>();
        volatile String refusal = "";
        volatile Runnable during = () -> {};

        @Override
        public void start(Supplier<List<MeshPod>> pods) {
            pods.get().forEach(pod -> heard.add("snapshot " + pod.name()));
        }

        @Override
        public CompletionStage<Void> add(MeshPod pod) {
            heard.add("add " + pod.name());
            during.run();
            return refusal.isEmpty()
                    ? CompletableFuture.completedFuture(null)
                    : CompletableFuture.failedFuture(new IOException(refusal));
        }

        @Override
        public CompletionStage<Void> delete(String uid) {
            heard.add("del " + uid);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public int proxies() {
            return 1;
        }

        @Override
        public void close() {}
    }

    @BeforeEach
    void start() throws Exception {
        host = new PodNetns();
        pod = new PodNetns("10.7.0.5/32");
        thread = new NetnsThread();
        Files.createDirectory(dir.resolve("manifests"));
        namespace("ambient");
        pod("web", "{}");
        source = DirectorySource.open(dir.resolve("manifests"));
        client = new AgentClient(dir.resolve("run/pluginevent.sock"), Duration.ofSeconds(10));
        boot();
    }

    private void boot() throws Exception {
        Settings settings = Settings.of(Map.of(
                "NODE_NAME", "n1",
                "CULVERT_RUN_DIR", dir.resolve("run").toString(),
                "CULVERT_HOST_NETNS", host.path().toString()));
        AgentConfig config = AgentConfig.from(settings);
        settings.check();
        sink = new Sink();
        metrics = new Metrics();
        app = new AgentApp(config, new AgentApp.Parts(source, source.writer(), sink, thread, metrics, new Readiness()));
        app.start();
    }

    @AfterEach
    void stop() {
        app.close();
        source.close();
        thread.close();
        pod.close();
        host.close();
    }

    private void namespace(String mode) throws IOException {
        write(
                "ns.yaml",
                "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  labels: {istio.io/dataplane-mode: " + mode
                        + "}\n");
    }

    private void pod(String name, String labels) throws IOException {
        pod(name, labels, "Pending");
    }

    private void pod(String name, String labels, String status) throws IOException {
        write(
                name + ".yaml",
                "apiVersion: v1\nkind: Pod\nmetadata:\n  name: " + name + "\n  namespace: shop\n  uid: uid-" + name
                        + "\n  labels: " + labels
                        + "\nspec:\n  nodeName: n1\n  serviceAccountName: sa\nstatus:\n  phase: " + status + "\n");
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(dir.resolve("manifests").resolve(name), text);
    }

    private String event(String name) {
        return event(name, pod.path());
    }

    private static String event(String name, Path netns) {
        return new PluginEvent(
                        netns.toString(),
                        name,
                        "shop",
                        List.of(new PluginEvent.Address(0L, InetAddress.ofLiteral("10.7.0.5"), 24, "")))
                .json();
    }

    private AgentClient.Answer ask(String path, String name) throws IOException {
        return client.post(path, event(name), Map.of(AgentClient.CONTAINER_HEADER, "c1"));
    }

    private boolean captured() {
        return pod.print("nft", "list", "ruleset").contains("redirect to :15001");
    }

    private String annotation() throws IOException {
        StringBuilder all = new StringBuilder();
        Path written = dir.resolve("manifests/.culvert");
        if (!Files.exists(written)) {
            return "";
        }
        try (var files = Files.walk(written)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.append(Files.readString(file));
            }
        }
        return all.toString();
    }

    @Test
    void anAddCapturesThePodAndADelLetsItGo() throws Exception {
        String before = pod.residue();
        assertThat(ask("/cmdadd", "web")).isEqualTo(new AgentClient.Answer(200, ""));
        assertThat(captured()).isTrue();
        assertThat(sink.heard).contains("add web");
        assertThat(annotation()).contains("ambient.istio.io/redirection: enabled");
        assertThat(host.print("nft", "list", "ruleset")).contains("10.7.0.5 comment \"uid-web\"");
        assertThat(ask("/cmdcheck", "web").status()).isEqualTo(200);
        assertThat(metrics.text()).contains("istio_cni_plugin_requests_total{response_code=\"200\"}");

        pod.print("nft", "delete", "table", "inet", "istio-ambient-nat");
        assertThat(ask("/cmdcheck", "web").body()).contains("rules are missing");

        assertThat(client.post("/cmddel", event("web"), Map.of(AgentClient.CONTAINER_HEADER, "older"))
                        .status())
                .isEqualTo(200);
        assertThat(sink.heard).doesNotContain("del uid-web");
        assertThat(ask("/cmddel", "web").status()).isEqualTo(200);
        assertThat(sink.heard).contains("del uid-web");
        assertThat(host.print("nft", "list", "ruleset")).doesNotContain("10.7.0.5");
        assertThat(annotation()).doesNotContain("enabled");
        assertThat(dir.resolve("run/pods/uid-web.json")).doesNotExist();
        assertThat(before).isNotEmpty();
    }

    @Test
    void anAddOfAnotherNamespaceUnderThePodsNameIsRefused() throws Exception {
        try (PodNetns stranger = new PodNetns("10.7.0.6/32");
                PodNetns rival = new PodNetns("10.7.0.5/32")) {
            assertThat(add(host.path()))
                    .satisfies(a -> assertThat(a.status()).isEqualTo(403))
                    .satisfies(a -> assertThat(a.body()).contains("is the node's own"));
            assertThat(add(Path.of("/proc/self/ns/net")).body()).contains("is the node's own");
            assertThat(add(stranger.path()).body()).contains("holds none of the addresses [10.7.0.5]");
            assertThat(ask("/cmdadd", "web").status()).isEqualTo(200);
            assertThat(add(rival.path()).body()).contains("which is still there");
            assertThat(ask("/cmdcheck", "web").status()).isEqualTo(200);
            assertThat(rival.print("nft", "list", "ruleset")).isEmpty();
            pod.close(); // the runtime takes the old sandbox away before it makes another
            assertThat(add(rival.path()).status()).isEqualTo(200);
            assertThat(rival.print("nft", "list", "ruleset")).contains("redirect to :15001");
            pod = new PodNetns();
        }
    }

    private AgentClient.Answer add(Path netns) throws IOException {
        return client.post("/cmdadd", event("web", netns), Map.of(AgentClient.CONTAINER_HEADER, "c2"));
    }

    @Test
    void anAddThatTheProxyRefusesIsUndone() throws Exception {
        String before = pod.residue();
        sink.refusal = "port 15008 is taken";
        AgentClient.Answer answer = ask("/cmdadd", "web");
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.body()).contains("port 15008 is taken");
        assertThat(pod.residue()).isEqualTo(before);
        assertThat(host.print("nft", "list", "ruleset")).doesNotContain("10.7.0.5");
    }

    @Test
    void anAddWaitsForAPodThatTheSourceDoesNotKnowYetAndRefusesOneThatItNeverWill() throws Exception {
        CompletableFuture<AgentClient.Answer> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return ask("/podfacts", "late");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        pod("late", "{}");
        assertThat(waiting.join().body()).contains("\"NamespaceLabels\":{\"istio.io/dataplane-mode\":\"ambient\"}");
        assertThat(ask("/cmdadd", "never").status()).isEqualTo(404);
    }

    @Test
    void aRunningPodFollowsItsLabel() throws Exception {
        namespace("none");
        pod("web", "{istio.io/dataplane-mode: none}");
        await().until(() -> ask("/podfacts", "web").body().contains("\"none\""));
        assertThat(ask("/cmdadd", "web").body()).contains("is not to be enrolled");
        String before = pod.residue();
        pod("web", "{istio.io/dataplane-mode: ambient}");
        await().atMost(Duration.ofSeconds(10)).until(this::captured);
        await().until(() -> annotation().contains("enabled"));
        pod("web", "{}");
        await().atMost(Duration.ofSeconds(10)).until(() -> !captured());
        await().until(() -> sink.heard.contains("del uid-web"));
        await().until(() -> pod.residue().equals(before));
    }

    @Test
    void aRunningPodStaysCapturedAndPendingUntilAProxyTakesIt() throws Exception {
        namespace("none");
        await().until(() -> ask("/podfacts", "web").body().contains("\"none\""));
        String before = pod.residue();
        sink.refusal = "no node proxy is connected";
        namespace("ambient");
        await().atMost(Duration.ofSeconds(10)).until(() -> annotation().contains("redirection: pending"));
        assertThat(captured()).isTrue();
        await().until(() -> sink.heard.stream().filter("add web"::equals).count() > 2);
        sink.refusal = "";
        await().atMost(Duration.ofSeconds(10)).until(() -> annotation().contains("redirection: enabled"));
        assertThat(host.print("nft", "list", "ruleset")).contains("10.7.0.5");
        namespace("none");
        await().atMost(Duration.ofSeconds(10)).until(() -> pod.residue().equals(before));
    }

    @Test
    void aPodThatWasStartedBeforeThePluginIsWarnedOfOnce() throws Exception {
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        try (Logs logs = Logs.start(LogFormat.PLAIN, LogFilter.DEFAULT, log)) {
            pod("old", "{}", "Running\n  podIPs: [{ip: 10.7.0.9}]");
            pod("starting", "{}", "Pending");
            await().until(() -> log.toString(UTF_8).contains("shop/old"));
            pod("old", "{a: b}", "Running\n  podIPs: [{ip: 10.7.0.9}]");
            await().until(() -> ask("/podfacts", "old").body().contains("\"a\""));
            assertThat(logs.dropped()).isZero();
        }
        assertThat(log.toString(UTF_8).lines().filter(line -> line.contains("restart it")))
                .singleElement()
                .asString()
                .contains("warn", "shop/old");
    }

    @Test
    void aRestartedAgentFindsItsPodsAgainAndMendsTheirRules() throws Exception {
        assertThat(ask("/cmdadd", "web").status()).isEqualTo(200);
        app.close();
        assertThat(captured()).isTrue();
        pod.print("nft", "flush", "chain", "inet", "istio-ambient-nat", "istio-output");
        boot();
        await().until(() -> sink.heard.contains("snapshot web"));
        assertThat(captured()).isTrue();
        assertThat(ask("/cmdcheck", "web").status()).isEqualTo(200);
        assertThat(host.print("nft", "list", "ruleset")).contains("10.7.0.5");
    }

    @Test
    void aRestartedAgentThatCannotMendAPodsRulesKeepsItCapturedAndServed() throws Exception {
        assertThat(ask("/cmdadd", "web").status()).isEqualTo(200);
        app.close();
        pod.print(
                "nft",
                "delete table inet istio-ambient-mangle; add table inet istio-ambient-mangle; add chain inet "
                        + "istio-ambient-mangle output { type filter hook output priority 0; }");
        boot();
        await().until(() -> sink.heard.contains("snapshot web"));
        assertThat(captured()).isTrue();
        assertThat(ask("/cmdcheck", "web").body()).contains("rules are missing");
    }

    @Test
    void anAgentThatDiedWhileItEnrolledAPodCleansUpWhenTheLabelIsGoneByItsNextStart() throws Exception {
        String before = pod.residue();
        AtomicReference<String> meanwhile = new AtomicReference<>("");
        sink.during = () -> meanwhile.set(record());
        assertThat(ask("/cmdadd", "web").status()).isEqualTo(200);
        assertThat(meanwhile.get()).contains("\"enrolled\":true");
        app.close();
        try (var overlays = Files.walk(dir.resolve("manifests/.culvert"))) {
            for (Path file : overlays.filter(Files::isRegularFile).toList()) {
                Files.delete(file); // as if the annotation had never been written
            }
        }
        pod("web", "{istio.io/dataplane-mode: none}");
        boot();
        await().atMost(Duration.ofSeconds(10)).until(() -> pod.residue().equals(before));
        await().until(() -> record().contains("\"enrolled\":false"));
    }

    private String record() {
        try {
            return Files.readString(dir.resolve("run/pods/uid-web.json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void anEmptyNodeNameIsAMistakeAndNotEveryPod() {
        Settings settings = Settings.of(Map.of("NODE_NAME", ""));
        AgentConfig.from(settings);
        assertThatThrownBy(settings::check).hasMessageContaining("NODE_NAME");
    }

    @Test
    void garbageIsCollectedByContainer() throws Exception {
        assertThat(ask("/cmdadd", "web").status()).isEqualTo(200);
        assertThat(client.post("/gc", "{\"ValidContainers\":[\"c1\"]}", Map.of())
                        .status())
                .isEqualTo(200);
        assertThat(dir.resolve("run/pods/uid-web.json")).exists();
        assertThat(client.post("/gc", "{\"ValidContainers\":[]}", Map.of()).status())
                .isEqualTo(200);
        assertThat(dir.resolve("run/pods/uid-web.json")).doesNotExist();
        assertThat(sink.heard).contains("del uid-web");
        assertThat(client.post("/cmdadd", "{}", Map.of()).status()).isEqualTo(400);
    }
}
