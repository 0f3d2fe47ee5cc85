package dev.culvert.ztunnel.sockets;

import dev.culvert.hbone.loop.PerLoop;
import dev.culvert.linux.LinuxException;
import dev.culvert.linux.Netns;
import dev.culvert.linux.NetnsThread;
import dev.culvert.linux.SocketOptions;
import dev.culvert.ztunnel.config.SocketConfig;
import dev.culvert.ztunnel.config.SocketConfig.OriginalSource;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The sockets of a pod, made in its network namespace. Thread-safe; each channel is confined to its loop.
///
/// A socket belongs to the namespace that it was made in, for good. So only the making is done on the namespace
/// thread; binding, connecting and everything after are done on the loops, at home.
public final class NetnsSockets implements PodSockets {
    private static final Logger log = LoggerFactory.getLogger(NetnsSockets.class);
    private static final int BACKLOG = 1024;

    private final Netns netns;
    private final NetnsThread thread;
    private final Transport transport;
    private final EventLoopGroup loops;
    private final SocketConfig config;
    private final PerLoop<Stashes> stashes;
    /// Whether the kernel lets us show foreign sources; found out by the first listener.
    private volatile boolean transparent;

    /// @param netns stays the caller's, and is to outlive this
    public NetnsSockets(
            Netns netns, NetnsThread thread, Transport transport, EventLoopGroup loops, SocketConfig config) {
        this.netns = netns;
        this.thread = thread;
        this.transport = transport;
        this.loops = loops;
        this.config = config;
        transparent = config.originalSource() != OriginalSource.NEVER;
        stashes = PerLoop.of(
                loops,
                loop -> new Stashes(
                        new SocketStash(loop, count -> make(count, false)),
                        new SocketStash(loop, count -> make(count, true))));
    }

    private record Stashes(SocketStash ipv4, SocketStash ipv6) {}

    @Override
    public Future<Channel> listen(Listen listen, ChannelHandler child) {
        Promise<Channel> bound = loops.next().newPromise();
        thread.submit(netns, () -> newListener()).whenComplete((made, failure) -> {
            if (made == null) {
                bound.setFailure(failure == null ? new IllegalStateException("no socket was made") : failure);
            } else {
                bind(made, listen, child, bound);
            }
        });
        return bound;
    }

    /// In the pod's namespace.
    private Made newListener() {
        if (config.ipv6()) {
            try {
                return new Made(transport.newListener(true), "::");
            } catch (ChannelException ipv6IsOff) {
                // the kernel was started without IPv6
            }
        }
        return new Made(transport.newListener(false), "0.0.0.0");
    }

    private record Made(ServerChannel channel, String wildcard) {}

    private void bind(Made made, Listen listen, ChannelHandler child, Promise<Channel> bound) {
        try {
            prepareListener(made.channel());
        } catch (ChannelException e) {
            made.channel().unsafe().closeForcibly();
            bound.setFailure(e);
            return;
        }
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channelFactory(made::channel)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.AUTO_READ, listen.accepting())
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(child);
        listen.use().forEach(bootstrap::childOption);
        if (listen.use() == ChannelUse.RELAY) {
            TcpOptions.keepAlive(config.keepAlive(), bootstrap::childOption);
        }
        bootstrap.bind(new InetSocketAddress(made.wildcard(), listen.port())).addListener((ChannelFuture done) -> {
            if (done.isSuccess()) {
                bound.setSuccess(done.channel());
            } else {
                bound.setFailure(done.cause());
            }
        });
    }

    private void prepareListener(Channel channel) {
        if (config.packetMark() != 0) {
            channel.config().setOption(SocketOptions.MARK, config.packetMark());
        }
        if (config.portReuse()) {
            tryOption(channel, SocketOptions.REUSE_PORT, "another proxy cannot take over this port during an upgrade");
        }
        if (config.originalSource() == OriginalSource.ALWAYS) {
            channel.config().setOption(SocketOptions.TRANSPARENT_V4, 1);
        } else if (config.originalSource() == OriginalSource.IF_POSSIBLE) {
            transparent = tryOption(
                    channel, SocketOptions.TRANSPARENT_V4, "applications see the pod's own address as their client's");
        }
    }

    private static boolean tryOption(Channel channel, ChannelOption<Integer> option, String consequence) {
        try {
            return channel.config().setOption(option, 1);
        } catch (ChannelException e) {
            log.atWarn()
                    .addKeyValue("option", option.name())
                    .addKeyValue("error", e.getMessage())
                    .addKeyValue("consequence", consequence)
                    .log("socket option of a pod's listener refused");
            return false;
        }
    }

    /// Asks the namespace thread for sockets; their options are set there too, at home.
    private CompletableFuture<List<Channel>> make(int count, boolean ipv6) {
        return thread.submit(netns, () -> newStreams(count, ipv6)).thenApply(made -> {
            made.forEach(channel -> TcpOptions.prepare(channel, config));
            return made;
        });
    }

    /// In the pod's namespace.
    private List<Channel> newStreams(int count, boolean ipv6) throws LinuxException {
        List<Channel> made = new ArrayList<>(count);
        try {
            for (int i = 0; i < count; i++) {
                made.add(transport.newStream(ipv6));
            }
        } catch (ChannelException e) {
            if (made.isEmpty()) {
                throw e;
            }
        }
        return made;
    }

    @Override
    public Future<Channel> connect(EventLoop loop, Dial dial, @Nullable ChannelHandler handler) {
        assert loop.inEventLoop();
        Stashes mine = stashes.on(loop);
        boolean ipv6 = dial.to().getAddress().getAddress().length > 4;
        Promise<Channel> connected = loop.newPromise();
        (ipv6 ? mine.ipv6() : mine.ipv4()).take().addListener((Future<Channel> taken) -> {
            if (taken.isSuccess()) {
                new Connect(taken.getNow(), dial, transparent, connected).start(loop, handler);
            } else {
                connected.setFailure(taken.cause());
            }
        });
        return connected;
    }

    @Override
    public @Nullable InetSocketAddress originalDestination(Channel accepted) {
        InetSocketAddress original = SocketOptions.originalDestination(accepted);
        if (original == null) {
            original = (InetSocketAddress) accepted.localAddress();
        }
        return original == null ? null : CanonicalAddress.of(original);
    }

    @Override
    public void close() {
        stashes.post(mine -> {
            mine.ipv4().close();
            mine.ipv6().close();
        });
    }
}
