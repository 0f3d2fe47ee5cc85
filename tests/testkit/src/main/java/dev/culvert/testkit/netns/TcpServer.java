package dev.culvert.testkit.netns;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// A TCP application of a pod: what it does with a connection is given; who connected is remembered.
///
/// Thread-safe; each connection is served on a virtual thread.
public final class TcpServer implements AutoCloseable {
    /// What is done with one connection, which is closed afterwards.
    @FunctionalInterface
    public interface Service {
        void serve(SocketChannel connection) throws IOException;
    }

    private final ServerSocketChannel listener;
    private final Service service;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private final List<SocketAddress> peers = new CopyOnWriteArrayList<>();
    private final AtomicInteger served = new AtomicInteger();

    private TcpServer(ServerSocketChannel listener, Service service) {
        this.listener = listener;
        this.service = service;
        Thread.ofVirtual().start(this::acceptAll);
    }

    /// Listens on `port` inside `netns`.
    public static TcpServer start(LabSockets sockets, String netns, int port, Service service) {
        return new TcpServer(sockets.listen(netns, port), service);
    }

    /// Sends back what it receives and mirrors the end of the stream.
    public static TcpServer echo(LabSockets sockets, String netns, int port) {
        return start(sockets, netns, port, Streams::echo);
    }

    /// The source addresses that connected, in order.
    public List<SocketAddress> peers() {
        return List.copyOf(peers);
    }

    /// How many connections were accepted.
    public int served() {
        return served.get();
    }

    private void acceptAll() {
        try {
            while (true) {
                SocketChannel connection = listener.accept();
                open.add(connection);
                peers.add(connection.getRemoteAddress());
                served.incrementAndGet();
                Thread.ofVirtual().start(() -> serveOne(connection));
            }
        } catch (IOException closed) {
            // close() ends the loop
        }
    }

    private void serveOne(SocketChannel connection) {
        try (connection) {
            service.serve(connection);
        } catch (IOException reset) {
            // The peer's affair; what the test asserts is what the client saw.
        } finally {
            open.remove(connection);
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (SocketChannel connection : open) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
