package dev.culvert.process;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one small HTTP/1.1 server of a process, on which admin, health and metrics register their routes.
/// Confined to the thread that assembles the process; connections live on one loop of their own, `admin`,
/// and handlers on virtual threads, so that nothing here can hold up the data path.
public final class HttpEndpoint implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpEndpoint.class);

    /// One set of routes at its addresses.
    public static final class Listener implements AutoCloseable {
        private final List<Channel> channels = new ArrayList<>();

        private Listener() {}

        /// The port that was bound.
        public int port() {
            return ((InetSocketAddress) channels.getFirst().localAddress()).getPort();
        }

        /// The addresses that were bound.
        public List<InetSocketAddress> addresses() {
            return channels.stream()
                    .map(channel -> (InetSocketAddress) channel.localAddress())
                    .toList();
        }

        /// Accepts no more; open connections finish their request.
        @Override
        public void close() {
            channels.forEach(channel -> channel.close().syncUninterruptibly());
        }
    }

    private final EventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("admin", true), NioIoHandler.newFactory());
    /// Refuses those that come once it was closed.
    private final ChannelGroup connections = new DefaultChannelGroup(loop.next(), true);
    private final HttpLimits limits;
    private final List<Listener> listeners = new ArrayList<>();

    public HttpEndpoint() {
        this(HttpLimits.DEFAULT);
    }

    public HttpEndpoint(HttpLimits limits) {
        this.limits = limits;
    }

    /// Serves `routes` at `bind`, which are taken when this returns.
    ///
    /// @throws UncheckedIOException naming the address that could not be bound
    public Listener listen(HttpBind bind, Routes routes) {
        Listener listener = new Listener();
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, 128)
                .childHandler(new HttpConnectionInitializer(limits, routes, connections));
        try {
            bind.required().forEach(address -> bind(bootstrap, address, listener));
        } catch (UncheckedIOException e) {
            listener.close();
            throw e;
        }
        for (InetSocketAddress address : bind.wanted()) {
            try {
                bind(bootstrap, address, listener);
            } catch (UncheckedIOException e) {
                LOG.atWarn()
                        .addKeyValue("error", e.getMessage())
                        .log("http endpoint does without an address that cannot be bound");
            }
        }
        listeners.add(listener);
        return listener;
    }

    private static void bind(ServerBootstrap bootstrap, InetSocketAddress wanted, Listener listener) {
        InetSocketAddress address = wanted.getPort() == 0 && !listener.channels.isEmpty()
                ? new InetSocketAddress(wanted.getAddress(), listener.port())
                : wanted;
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            String message = "cannot listen on " + address.getAddress().getHostAddress() + " port " + address.getPort()
                    + ": " + bound.cause().getMessage() + "; is another process there?";
            throw new UncheckedIOException(new IOException(message, bound.cause()));
        }
        listener.channels.add(bound.channel());
    }

    /// Closes every listener and connection, and ends the loop, which by itself may end without closing any.
    @Override
    public void close() {
        listeners.forEach(Listener::close);
        listeners.clear();
        connections.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
}
