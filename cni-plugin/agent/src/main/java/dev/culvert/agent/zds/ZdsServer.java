package dev.culvert.agent.zds;

import dev.culvert.linux.LinuxException;
import dev.culvert.linux.SeqPacketServer;
import dev.culvert.linux.SeqPacketSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Istio's socket between node agent and node proxy (ZDS): tells proxies of the pods. Thread-safe.
///
/// Several proxies may be connected while one replaces another: the newest gets the pods that come,
/// all of them hear of the pods that go. Each gets everything that is there when it connects. One
/// beyond [#MOST] is turned away.
public final class ZdsServer implements PodSink {
    private static final Logger log = LoggerFactory.getLogger(ZdsServer.class);
    /// Connections at once; two serve an upgrade, each has a thread here.
    static final int MOST = 16;

    private static final Duration SEND_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration BETWEEN_ACCEPTS = Duration.ofMillis(200);

    private final SeqPacketServer server;
    private final Semaphore places = new Semaphore(MOST);
    private final List<ZdsConnection> connections = new CopyOnWriteArrayList<>();

    /// Listens at `path`; nobody is served before [#start].
    public ZdsServer(Path path) throws IOException {
        server = SeqPacketServer.listen(path, SEND_TIMEOUT);
    }

    @Override
    public void start(Supplier<List<MeshPod>> pods) {
        Thread.ofPlatform().name("zds").daemon(true).start(() -> acceptAll(pods));
    }

    private void acceptAll(Supplier<List<MeshPod>> pods) {
        long accepted = 0;
        while (true) {
            try {
                SeqPacketSocket socket = server.accept();
                if (socket == null) {
                    return;
                }
                if (places.tryAcquire()) {
                    ZdsConnection connection = new ZdsConnection(socket);
                    Thread.ofPlatform().name("zds-" + ++accepted).daemon(true).start(() -> serve(connection, pods));
                } else {
                    socket.close();
                    log.atWarn().addKeyValue("connections", MOST).log("too many node proxies; one was turned away");
                }
            } catch (LinuxException e) {
                log.atWarn().addKeyValue("error", e.getMessage()).log("cannot accept a node proxy");
            }
            LockSupport.parkNanos(BETWEEN_ACCEPTS.toNanos());
        }
    }

    private void serve(ZdsConnection connection, Supplier<List<MeshPod>> pods) {
        try {
            connection.run(pods, () -> connections.add(connection));
        } finally {
            connections.remove(connection);
            places.release();
        }
    }

    @Override
    public CompletionStage<Void> add(MeshPod pod) {
        for (ZdsConnection connection : connections.reversed()) {
            if (!connection.isEnded()) {
                return connection.add(pod);
            }
        }
        return CompletableFuture.failedFuture(new IOException(
                "no node proxy is connected; see that ztunnel runs on this node and uses the same socket"));
    }

    @Override
    public CompletionStage<Void> delete(String uid) {
        return CompletableFuture.allOf(connections.stream()
                .map(connection -> connection.delete(uid).exceptionally(_ -> null)) // one that went has no pods
                .toArray(CompletableFuture[]::new));
    }

    @Override
    public int proxies() {
        return connections.size();
    }

    @Override
    public void close() {
        server.close();
        connections.forEach(ZdsConnection::close);
    }
}
