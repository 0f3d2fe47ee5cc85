package dev.culvert.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeqPacketTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofSeconds(10);

    @TempDir
    Path dir;

    private Path path;
    private SeqPacketServer server;
    private SeqPacketSocket client;
    private SeqPacketSocket peer;

    @BeforeEach
    void connect() throws Exception {
        path = dir.resolve("s.sock");
        server = SeqPacketServer.listen(path, SECOND);
        client = SeqPacketSocket.connect(path, SECOND);
        peer = Objects.requireNonNull(server.accept());
    }

    @AfterEach
    void close() {
        client.close();
        peer.close();
        server.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static long openDescriptors() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }

    @Test
    void keepsMessagesApart() throws Exception {
        client.send(bytes("one"), List.of());
        client.send(bytes("two"), List.of());
        assertThat(((Received.Packet) peer.receive(1024, LONG)).bytes()).isEqualTo(bytes("one"));
        assertThat(((Received.Packet) peer.receive(1024, LONG)).bytes()).isEqualTo(bytes("two"));
    }

    @Test
    void carriesDescriptorsBothWays() throws Exception {
        Path file = Files.createFile(dir.resolve("f"));
        try (Fd fd = Fd.open(file)) {
            client.send(bytes("up"), List.of(fd, fd));
            Received.Packet up = (Received.Packet) peer.receive(1024, LONG);
            assertThat(up.descriptors()).hasSize(2);
            assertThat(up.descriptors())
                    .allSatisfy(d -> assertThat(d.identity()).isEqualTo(fd.identity()));
            peer.send(bytes("down"), List.of(up.descriptors().getFirst()));
            Received.Packet down = (Received.Packet) client.receive(1024, LONG);
            assertThat(down.descriptors())
                    .singleElement()
                    .satisfies(d -> assertThat(d.identity()).isEqualTo(fd.identity()));
            up.closeDescriptors();
            down.closeDescriptors();
        }
    }

    @Test
    void closesTheDescriptorsOfATruncatedMessage() throws Exception {
        try (Fd fd = Fd.open(Files.createFile(dir.resolve("f")))) {
            peer.receive(8, Duration.ofMillis(1));
            long before = openDescriptors();
            client.send(bytes("longer than eight"), List.of(fd));
            assertThat(peer.receive(8, LONG)).isEqualTo(new Received.Truncated());
            assertThat(openDescriptors()).isEqualTo(before);
        }
    }

    @Test
    void tellsSilenceFromTheEnd() throws Exception {
        assertThat(peer.receive(16, Duration.ofMillis(10))).isEqualTo(new Received.Silence());
        client.close();
        assertThat(peer.receive(16, LONG)).isEqualTo(new Received.Ended());
        assertThatThrownBy(() -> peer.send(bytes("x"), List.of()))
                .isInstanceOfSatisfying(
                        LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EPIPE));
    }

    @Test
    void closingWakesWhoeverWaits() throws Exception {
        CompletableFuture<Received> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return peer.receive(16, LONG);
            } catch (LinuxException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(waiting).isNotDone();
        peer.close();
        assertThat(waiting.get(30, TimeUnit.SECONDS)).isEqualTo(new Received.Ended());

        assertThat(acceptWhileClosing(server)).isNull();
        assertThat(path).doesNotExist();
    }

    /// Whoever waits may wake at any moment of the closing, and must never take it for a failure.
    @Test
    void closingIsNoFailureToWhoeverAccepts() throws Exception {
        for (int i = 0; i < 200; i++) {
            assertThat(acceptWhileClosing(SeqPacketServer.listen(dir.resolve("again.sock"), SECOND)))
                    .isNull();
        }
    }

    @Test
    void advisesToRaiseALimitOnlyWhenALimitWasMet() {
        assertThat(accept4Failed(Errno.EMFILE))
                .isEqualTo("accept4 failed: EMFILE, this process is out of descriptors; "
                        + "raise the limit nofile of this process");
        assertThat(accept4Failed(Errno.ENFILE)).endsWith("; raise the sysctl fs.file-max");
        assertThat(accept4Failed(new Errno(103)))
                .isEqualTo("accept4 failed: ECONNABORTED, the other side gave up before it was accepted");
    }

    private static @Nullable String accept4Failed(Errno errno) {
        return new LinuxException("accept4", errno, SeqPacketServer.check(errno)).getMessage();
    }

    private static @Nullable SeqPacketSocket acceptWhileClosing(SeqPacketServer closing) throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        FutureTask<@Nullable SeqPacketSocket> accepting = new FutureTask<>(() -> {
            started.countDown();
            return closing.accept();
        });
        Thread.ofPlatform().daemon().start(accepting);
        started.await();
        closing.close();
        return accepting.get(30, TimeUnit.SECONDS);
    }

    @Test
    void aSendThatNobodyReadsTimesOut() {
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 100_000; i++) {
                        client.send(new byte[1024], List.of());
                    }
                })
                .isInstanceOfSatisfying(
                        LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EAGAIN))
                .hasMessageContaining("has read nothing for PT1S");
    }

    @Test
    void takesOverAStalePathAndLeavesASuccessorsAlone() throws Exception {
        try (SeqPacketServer next = SeqPacketServer.listen(path, SECOND)) {
            server.close();
            assertThat(path).exists();
            try (SeqPacketSocket again = SeqPacketSocket.connect(path, SECOND)) {
                assertThat(next.accept()).isNotNull().satisfies(SeqPacketSocket::close);
                assertThat(again.isClosed()).isFalse();
            }
        }
        assertThatThrownBy(() -> SeqPacketSocket.connect(path, SECOND)).hasMessageContaining("ENOENT");
    }
}
