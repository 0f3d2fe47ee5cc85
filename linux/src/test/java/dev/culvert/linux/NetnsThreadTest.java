package dev.culvert.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NetnsThreadTest {
    private TestNetns a;
    private TestNetns b;
    private NetnsThread thread;

    @BeforeEach
    void start() throws Exception {
        a = new TestNetns();
        b = new TestNetns();
        thread = new NetnsThread();
    }

    @AfterEach
    void stop() {
        thread.close();
        a.close();
        b.close();
    }

    private static FileIdentity here() throws LinuxException {
        return Libc.identity(Libc.AT_FDCWD, NetnsThread.SELF.toString());
    }

    @Test
    void runsATaskInsideAndIsHomeAfterwards() throws Exception {
        FileIdentity host = here();
        try (Netns netns = Netns.open(a.path())) {
            assertThat(thread.call(netns, NetnsThreadTest::here)).isEqualTo(netns.identity());
            assertThat(thread.submit(netns, () -> 1)
                            .thenApply(_ -> identityOrNull())
                            .get(30, TimeUnit.SECONDS))
                    .isEqualTo(host);
        }
        assertThat(here()).isEqualTo(host);
        assertThat(thread.home().identity()).isEqualTo(host);
    }

    private static FileIdentity identityOrNull() {
        try {
            return here();
        } catch (LinuxException e) {
            throw new CompletionException(e);
        }
    }

    @Test
    void servesManyNamespacesWithoutMixingThem() throws Exception {
        try (Netns one = Netns.open(a.path());
                Netns two = Netns.open(b.path())) {
            List<CompletableFuture<FileIdentity>> ones = new ArrayList<>();
            List<CompletableFuture<FileIdentity>> twos = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                ones.add(thread.submit(one, NetnsThreadTest::here));
                twos.add(thread.submit(two, NetnsThreadTest::here));
            }
            CompletableFuture.allOf(ones.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
            CompletableFuture.allOf(twos.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
            assertThat(ones).allSatisfy(f -> assertThat(f.join()).isEqualTo(one.identity()));
            assertThat(twos).allSatisfy(f -> assertThat(f.join()).isEqualTo(two.identity()));
        }
        assertThat(thread.refused()).isZero();
    }

    @Test
    void aSocketKeepsTheNamespaceInWhichItWasMade() throws Exception {
        try (Netns netns = Netns.open(a.path());
                Fd inside = thread.call(netns, () -> RawSockets.tcp(false));
                Fd outside = RawSockets.tcp(false)) {
            SocketOptions.set(inside, SocketOptions.MARK, 0x539);
            assertThat(SocketOptions.get(inside, SocketOptions.MARK)).isEqualTo(0x539);
            assertThat(SocketOptions.get(outside, SocketOptions.MARK)).isZero();
        }
    }

    @Test
    void handsOutWhatATaskThrewAndGoesOn() throws Exception {
        try (Netns netns = Netns.open(a.path())) {
            assertThatThrownBy(() -> thread.call(netns, () -> {
                        throw new IllegalArgumentException("mine");
                    }))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("mine");
            assertThat(thread.call(netns, NetnsThreadTest::here)).isEqualTo(netns.identity());
        }
    }

    @Test
    void failsATaskWhoseNamespaceWasClosedOrIsNone() throws Exception {
        Netns closed = Netns.open(a.path());
        closed.close();
        assertThatThrownBy(() -> thread.call(closed, () -> 1))
                .isInstanceOf(LinuxException.class)
                .hasMessageContaining("EBADF");
        try (Netns file = Netns.open(Path.of("/proc/self/status"))) {
            assertThatThrownBy(() -> thread.call(file, () -> 1))
                    .isInstanceOf(LinuxException.class)
                    .hasMessageContaining("EINVAL");
        }
    }

    @Test
    void refusesWhatComesAfterTheEnd() throws Exception {
        thread.close();
        try (Netns netns = Netns.open(a.path())) {
            assertThatThrownBy(() -> thread.call(netns, () -> 1)).isInstanceOf(RejectedExecutionException.class);
        }
        assertThat(thread.refused()).isEqualTo(1);
    }

    @Test
    void knowsANamespaceByPathAndByProcessAlike() throws Exception {
        try (Netns byPath = Netns.open(a.path());
                Netns again = byPath.dup();
                Netns other = Netns.open(b.path());
                Netns own = Netns.ofThisThread();
                Netns ofProcess = Netns.ofProcess(ProcessHandle.current().pid())) {
            assertThat(again.identity()).isEqualTo(byPath.identity()).isNotEqualTo(other.identity());
            assertThat(own.identity()).isEqualTo(ofProcess.identity()).isNotEqualTo(byPath.identity());
        }
    }
}
