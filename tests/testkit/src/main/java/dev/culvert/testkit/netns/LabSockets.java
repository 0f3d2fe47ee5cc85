package dev.culvert.testkit.netns;

import dev.culvert.linux.LinuxException;
import dev.culvert.linux.Netns;
import dev.culvert.linux.NetnsThread;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/// Sockets of the test's own process inside a pod's namespace: applications and clients without a process each.
///
/// Thread-safe. A socket stays in the namespace that it was made in, so only its making goes through the thread.
public final class LabSockets implements AutoCloseable {
    private final NetnsThread thread;

    /// Starts the namespace thread; warms up the socket classes at home first.
    public LabSockets() {
        try (SocketChannel warm = SocketChannel.open(StandardProtocolFamily.INET);
                SocketChannel warm6 = SocketChannel.open(StandardProtocolFamily.INET6);
                ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.INET)) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            warm.configureBlocking(true);
            warm6.configureBlocking(true);
            this.thread = new NetnsThread();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A listening socket on all addresses of the namespace.
    public ServerSocketChannel listen(String netns, int port) {
        try {
            ServerSocketChannel server = inside(netns, () -> ServerSocketChannel.open(StandardProtocolFamily.INET6));
            server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            server.bind(new InetSocketAddress("::", port), 1024);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on port " + port + " in " + netns, e);
        }
    }

    /// A socket of the namespace, connected to `host` at `port`.
    ///
    /// @throws IOException what the connection failed with
    public SocketChannel connect(String netns, String host, int port) throws IOException {
        boolean six = host.contains(":");
        SocketChannel channel = inside(
                netns, () -> SocketChannel.open(six ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET));
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.connect(new InetSocketAddress(InetAddress.ofLiteral(host), port));
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /// A socket of the namespace that is not connected yet.
    public SocketChannel open(String netns) {
        return inside(netns, () -> SocketChannel.open(StandardProtocolFamily.INET));
    }

    /// A listening socket of the namespace that is not bound yet.
    public ServerSocketChannel openServer(String netns) {
        return inside(netns, () -> ServerSocketChannel.open(StandardProtocolFamily.INET6));
    }

    private <T> T inside(String netns, Opening<T> opening) {
        Path path = Lab.NETNS_DIR.resolve(netns);
        try (Netns entered = Netns.open(path)) {
            return thread.call(entered, () -> {
                try {
                    return opening.open();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (LinuxException e) {
            throw new IllegalStateException("cannot enter " + path, e);
        }
    }

    @Override
    public void close() {
        thread.close();
    }

    @FunctionalInterface
    private interface Opening<T> {
        T open() throws IOException;
    }
}
