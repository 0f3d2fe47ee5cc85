package dev.culvert.agent.zds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.api.zds.Ack;
import dev.culvert.api.zds.WorkloadRequest;
import dev.culvert.api.zds.WorkloadResponse;
import dev.culvert.linux.FileIdentity;
import dev.culvert.linux.Netns;
import dev.culvert.linux.Received;
import dev.culvert.linux.SeqPacketSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZdsServerTest {
    private static final Duration LONG = Duration.ofSeconds(10);
    private static final byte[] HELLO = {8, 1};

    @TempDir
    Path dir;

    private Path path;
    private ZdsServer server;
    private Netns netns;
    private MeshPod pod;

    @BeforeEach
    void start() throws Exception {
        path = dir.resolve("z.sock");
        netns = Netns.ofThisThread();
        pod = new MeshPod("u1", "shop", "web", "sa", netns);
        server = new ZdsServer(path);
        server.start(() -> List.of(pod));
    }

    @AfterEach
    void stop() {
        server.close();
        netns.close();
    }

    private SeqPacketSocket connect() throws Exception {
        SeqPacketSocket socket = SeqPacketSocket.connect(path, LONG);
        socket.send(HELLO, List.of());
        return socket;
    }

    /// Takes the next request and acknowledges it.
    private WorkloadRequest take(SeqPacketSocket socket, String error) throws Exception {
        Received.Packet packet = (Received.Packet) socket.receive(1024, LONG);
        WorkloadRequest request = WorkloadRequest.parseFrom(packet.bytes());
        FileIdentity expected = netns.identity();
        assertThat(packet.descriptors())
                .hasSize(request.hasAdd() ? 1 : 0)
                .allSatisfy(fd -> assertThat(fd.identity()).isEqualTo(expected));
        packet.closeDescriptors();
        socket.send(
                WorkloadResponse.newBuilder()
                        .setAck(Ack.newBuilder().setError(error))
                        .build()
                        .toByteArray(),
                List.of());
        return request;
    }

    private SeqPacketSocket connectAndTakeSnapshot() throws Exception {
        int before = server.proxies();
        SeqPacketSocket socket = connect();
        assertThat(take(socket, "").getAdd().getUid()).isEqualTo("u1");
        assertThat(take(socket, "").hasSnapshotSent()).isTrue();
        await().until(() -> server.proxies() == before + 1);
        return socket;
    }

    @Test
    void sendsTheSnapshotThenChangesOneAtATime() throws Exception {
        try (SeqPacketSocket proxy = connect()) {
            WorkloadRequest add = take(proxy, "");
            assertThat(add.getAdd().getUid()).isEqualTo("u1");
            assertThat(add.getAdd().getWorkloadInfo().getName()).isEqualTo("web");
            assertThat(add.getAdd().getWorkloadInfo().getNamespace()).isEqualTo("shop");
            assertThat(add.getAdd().getWorkloadInfo().getServiceAccount()).isEqualTo("sa");
            assertThat(((Received.Packet) proxy.receive(1024, LONG)).bytes()).isEqualTo(new byte[] {0x1a, 0});
            proxy.send(new byte[] {0x0a, 0}, List.of());
            CompletableFuture<Void> added = server.add(pod).toCompletableFuture();
            CompletableFuture<Void> deleted = server.delete("u1").toCompletableFuture();
            assertThat(take(proxy, "").hasAdd()).isTrue();
            added.get(5, TimeUnit.SECONDS);
            assertThat(take(proxy, "").getDel().getUid()).isEqualTo("u1");
            deleted.get(5, TimeUnit.SECONDS);
        }
        await().until(() -> server.add(pod).toCompletableFuture().isCompletedExceptionally());
    }

    @Test
    void handsOutAProxysRefusal() throws Exception {
        try (SeqPacketSocket proxy = connectAndTakeSnapshot()) {
            CompletableFuture<Void> added = server.add(pod).toCompletableFuture();
            take(proxy, "port 15008 is taken");
            assertThat(added)
                    .failsWithin(Duration.ofSeconds(5))
                    .withThrowableThat()
                    .withMessageContaining("port 15008 is taken");
        }
    }

    @Test
    void addsGoToTheNewestAndDeletesToAll() throws Exception {
        try (SeqPacketSocket old = connectAndTakeSnapshot();
                SeqPacketSocket young = connectAndTakeSnapshot()) {
            CompletableFuture<Void> added = server.add(pod).toCompletableFuture();
            assertThat(take(young, "").hasAdd()).isTrue();
            added.get(5, TimeUnit.SECONDS);
            CompletableFuture<Void> deleted = server.delete("u1").toCompletableFuture();
            assertThat(take(old, "").hasDel()).isTrue();
            assertThat(take(young, "").hasDel()).isTrue();
            deleted.get(5, TimeUnit.SECONDS);
        }
    }

    @Test
    void refusesAnAddWithNobodyThere() {
        assertThat(server.add(pod).toCompletableFuture())
                .failsWithin(Duration.ofSeconds(1))
                .withThrowableThat()
                .withMessageContaining("no node proxy is connected");
        assertThat(server.delete("u1").toCompletableFuture()).succeedsWithin(Duration.ofSeconds(1));
    }

    @Test
    void dropsAPeerThatDoesNotBeginWithAHello() throws Exception {
        try (SeqPacketSocket peer = SeqPacketSocket.connect(path, LONG)) {
            peer.send(new byte[] {8, 9}, List.of());
            assertThat(peer.receive(16, LONG)).isEqualTo(new Received.Ended());
        }
    }

    @Test
    void turnsAwayMoreProxiesThanItsLimitUntilOneGoes() throws Exception {
        List<SeqPacketSocket> proxies = new ArrayList<>();
        try {
            for (int i = 0; i < ZdsServer.MOST; i++) {
                proxies.add(connectAndTakeSnapshot());
            }
            try (SeqPacketSocket late = connect()) {
                assertThat(late.receive(1024, LONG)).isEqualTo(new Received.Ended());
            }
            proxies.removeLast().close();
            await().until(() -> server.proxies() == ZdsServer.MOST - 1);
            proxies.add(connectAndTakeSnapshot());
        } finally {
            proxies.forEach(SeqPacketSocket::close);
        }
    }

    @Test
    void dropsAProxyThatSpeaksUnasked() throws Exception {
        try (SeqPacketSocket proxy = connectAndTakeSnapshot()) {
            proxy.send(new byte[] {0x0a, 0}, List.of());
            assertThat(proxy.receive(16, LONG)).isEqualTo(new Received.Ended());
        }
    }
}
