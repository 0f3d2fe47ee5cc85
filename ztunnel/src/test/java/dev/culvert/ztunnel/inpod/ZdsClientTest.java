package dev.culvert.ztunnel.inpod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.api.zds.AddWorkload;
import dev.culvert.api.zds.KeepWorkload;
import dev.culvert.api.zds.Version;
import dev.culvert.api.zds.WorkloadInfo;
import dev.culvert.api.zds.WorkloadRequest;
import dev.culvert.linux.Fd;
import dev.culvert.linux.Netns;
import dev.culvert.mesh.telemetry.PodMetrics;
import dev.culvert.process.Drain;
import dev.culvert.process.Metrics;
import dev.culvert.process.Readiness;
import dev.culvert.testkit.FakeZds;
import dev.culvert.ztunnel.pod.FakeStarter;
import dev.culvert.ztunnel.pod.PodSet;
import dev.culvert.ztunnel.pod.PodView;
import io.netty.util.concurrent.DefaultEventExecutor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZdsClientTest {
    private static final WorkloadInfo WEB = WorkloadInfo.newBuilder()
            .setName("web-1")
            .setNamespace("shop")
            .setServiceAccount("web")
            .build();

    @TempDir
    private Path directory;

    private final DefaultEventExecutor owner = new DefaultEventExecutor();
    private final FakeStarter starter = new FakeStarter();
    private final Readiness readiness = new Readiness();
    private final Drain drain = new Drain();
    private final CompletableFuture<String> protocolError = new CompletableFuture<>();
    private final PodSet pods =
            new PodSet(owner, starter, drain, readiness.task("workload proxy manager"), new PodMetrics(new Metrics()));
    private FakeZds agent;
    private ZdsClient client;
    private Netns netns;

    @BeforeEach
    void connect() throws Exception {
        Path path = directory.resolve("zds.sock");
        agent = FakeZds.listen(path);
        netns = Netns.ofThisThread();
        client = new ZdsClient(path, protocolError::complete);
        client.start(pods);
    }

    @AfterEach
    void close() {
        client.close();
        agent.close();
        netns.close();
        var _ = owner.shutdownGracefully();
    }

    @Test
    void servesWhatTheSnapshotNamesAndIsReadyThen() throws Exception {
        try (FakeZds.Connection proxy = agent.connection()) {
            assertThat(proxy.hello().getVersion()).isEqualTo(Version.V1);
            assertThat(proxy.add("a", WEB, netns.fd())).isEmpty();
            assertThat(readiness.pending()).containsExactly("workload proxy manager");
            assertThat(proxy.snapshotSent()).isEmpty();
            await().untilAsserted(() -> assertThat(readiness.pending()).isEmpty());
            assertThat(pods.view().get("a")).isNotNull().satisfies(pod -> {
                assertThat(pod.state()).isEqualTo(PodView.State.UP);
                assertThat(pod.name()).hasToString("shop/web-1/web");
            });
            assertThat(proxy.delete("a")).isEmpty();
            assertThat(starter.log).containsExactly("start a", "stop a IMMEDIATE");
        }
    }

    @Test
    void keepsServingWhileTheAgentIsAwayAndDropsWhatTheNextSnapshotLacks() throws Exception {
        try (FakeZds.Connection proxy = agent.connection()) {
            assertThat(proxy.add("a", WEB, netns.fd())).isEmpty();
            assertThat(proxy.add("b", WEB, netns.fd())).isEmpty();
            assertThat(proxy.add("c", WEB, netns.fd())).isEmpty();
            assertThat(proxy.snapshotSent()).isEmpty();
        }
        await().untilAsserted(() -> assertThat(readiness.pending()).isNotEmpty());
        assertThat(pods.view()).containsOnlyKeys("a", "b", "c");
        try (FakeZds.Connection proxy = agent.connection()) {
            assertThat(proxy.keep("a")).isEmpty();
            assertThat(proxy.add("b", WEB, netns.fd())).isEmpty();
            assertThat(proxy.snapshotSent()).isEmpty();
            await().untilAsserted(() -> assertThat(pods.view()).containsOnlyKeys("a", "b"));
            assertThat(starter.log).containsExactly("start a", "start b", "start c", "stop c IMMEDIATE");
        }
    }

    @Test
    void refusesAPodThatCannotBeServedAndIsNotReadyUntilItIsGone() throws Exception {
        starter.refused.add("a");
        try (FakeZds.Connection proxy = agent.connection()) {
            assertThat(proxy.add("a", WEB, netns.fd())).contains("no listener for a");
            assertThat(proxy.snapshotSent()).isEmpty();
            assertThat(readiness.pending()).isNotEmpty();
            assertThat(pods.view().get("a"))
                    .isNotNull()
                    .satisfies(pod -> assertThat(pod.state()).isEqualTo(PodView.State.PENDING));
            assertThat(proxy.delete("a")).isEmpty();
            await().untilAsserted(() -> assertThat(readiness.pending()).isEmpty());
        }
    }

    @Test
    void endsTheProcessWhenAPodIsToBeKeptAfterTheSnapshot() throws Exception {
        try (FakeZds.Connection proxy = agent.connection()) {
            assertThat(proxy.snapshotSent()).isEmpty();
            assertThat(proxy.keep("a")).contains("after the snapshot");
            assertThat(protocolError).succeedsWithin(Duration.ofSeconds(5));
            proxy.awaitEnd();
        }
    }

    @Test
    void startsAPodAnewWhenItsNamespaceIsAnotherAndOnlyThen() throws Exception {
        try (FakeZds.Connection proxy = agent.connection();
                Fd other = Fd.open(Path.of("/proc/self/ns/uts"))) {
            assertThat(proxy.add("a", WEB, netns.fd())).isEmpty();
            assertThat(proxy.add("a", WEB, netns.fd())).isEmpty();
            assertThat(starter.log).containsExactly("start a");
            assertThat(proxy.add("a", WEB, other)).isEmpty();
            assertThat(starter.log).containsExactly("start a", "stop a IMMEDIATE", "start a");
        }
    }

    @Test
    void endsTheProcessWhenASecondSnapshotIsSent() throws Exception {
        try (FakeZds.Connection proxy = agent.connection()) {
            assertThat(proxy.snapshotSent()).isEmpty();
            assertThat(proxy.snapshotSent()).contains("second snapshot");
            assertThat(protocolError).succeedsWithin(Duration.ofSeconds(5));
        }
    }

    @Test
    void refusesWhatItCannotReadAndConnectsAnew() throws Exception {
        reconnectsAfter(proxy -> proxy.send(new byte[] {(byte) 0xff}, List.of()));
        reconnectsAfter(proxy -> proxy.send(new byte[1_025], List.of()));
        reconnectsAfter(proxy -> proxy.send(addition(), List.of()));
        reconnectsAfter(proxy -> proxy.send(addition(), List.of(netns.fd(), netns.fd())));
        reconnectsAfter(proxy -> proxy.send(keeping(), List.of(netns.fd())));
        assertThat(protocolError).isNotDone();
        assertThat(starter.log).isEmpty();
    }

    private void reconnectsAfter(Script script) throws Exception {
        try (FakeZds.Connection proxy = agent.connection()) {
            script.run(proxy);
            assertThat(proxy.answer()).isNotEmpty();
            proxy.awaitEnd();
        }
    }

    private interface Script {
        void run(FakeZds.Connection proxy) throws IOException;
    }

    private static byte[] addition() {
        AddWorkload add =
                AddWorkload.newBuilder().setUid("a").setWorkloadInfo(WEB).build();
        return WorkloadRequest.newBuilder().setAdd(add).build().toByteArray();
    }

    private static byte[] keeping() {
        return WorkloadRequest.newBuilder()
                .setKeep(KeepWorkload.newBuilder().setUid("a"))
                .build()
                .toByteArray();
    }
}
