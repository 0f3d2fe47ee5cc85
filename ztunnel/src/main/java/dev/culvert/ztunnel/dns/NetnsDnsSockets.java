package dev.culvert.ztunnel.dns;

import dev.culvert.linux.Netns;
import dev.culvert.linux.NetnsThread;
import dev.culvert.linux.SocketOptions;
import dev.culvert.ztunnel.config.SocketConfig;
import dev.culvert.ztunnel.sockets.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.ServerChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// DNS sockets made in a pod's network namespace. Thread-safe; each channel is confined to its loop.
///
/// Only the making of a socket is done on the namespace thread; it stays in its namespace from then on.
public final class NetnsDnsSockets implements DnsSockets {
    private static final Logger LOG = LoggerFactory.getLogger("dns");
    private static final Path IPV6_OFF = Path.of("/proc/sys/net/ipv6/conf/lo/disable_ipv6");
    private static final int BACKLOG = 128;

    private final Netns netns;
    private final NetnsThread thread;
    private final DnsChannels channels;
    private final SocketConfig config;
    private final int connectMillis;
    private final boolean ipv6Loopback;

    private NetnsDnsSockets(
            Netns netns, NetnsThread thread, DnsChannels channels, SocketConfig config, boolean ipv6Loopback) {
        this.netns = netns;
        this.thread = thread;
        this.channels = channels;
        this.config = config;
        this.connectMillis = (int) DnsLimits.DEFAULT.timeout().toMillis();
        this.ipv6Loopback = ipv6Loopback;
    }

    /// Looks at what the namespace offers.
    ///
    /// @param netns stays the caller's, and is to outlive this
    public static CompletionStage<DnsSockets> in(
            Netns netns, NetnsThread thread, Transport transport, SocketConfig config) {
        return thread.submit(netns, () -> config.ipv6() && ipv6OnLoopback())
                .thenApply(ipv6 -> new NetnsDnsSockets(netns, thread, new DnsChannels(transport), config, ipv6));
    }

    /// In the pod's namespace, whose settings the kernel shows to a thread that is there. Where it shows none, binding
    /// will tell.
    private static boolean ipv6OnLoopback() {
        try {
            return Files.readAllBytes(IPV6_OFF)[0] != '1';
        } catch (IOException _) {
            return Files.exists(Path.of("/proc/net/if_inet6"));
        }
    }

    @Override
    public boolean ipv6Loopback() {
        return ipv6Loopback;
    }

    @Override
    public Future<? extends Channel> bindDatagram(EventLoop loop, InetSocketAddress local, ChannelHandler handler) {
        return made(loop, () -> channels.datagram(isIpv6(local)), channel -> {
            reusePort(channel);
            return bootstrap(loop, channel, handler).bind(local);
        });
    }

    @Override
    public Future<? extends Channel> connectDatagram(EventLoop loop, InetSocketAddress remote, ChannelHandler handler) {
        return made(
                loop,
                () -> channels.datagram(isIpv6(remote)),
                channel -> bootstrap(loop, channel, handler).connect(remote));
    }

    @Override
    public Future<? extends Channel> connectStream(EventLoop loop, InetSocketAddress remote, ChannelHandler handler) {
        return made(
                loop,
                () -> channels.stream(isIpv6(remote)),
                channel -> bootstrap(loop, channel, handler)
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, connectMillis)
                        .connect(remote));
    }

    @Override
    public Future<? extends Channel> listenStream(EventLoop loop, InetSocketAddress local, ChannelHandler child) {
        return made(loop, () -> channels.listener(isIpv6(local)), channel -> {
            reusePort(channel);
            return new ServerBootstrap()
                    .group(loop)
                    .channelFactory(() -> (ServerChannel) channel)
                    .option(ChannelOption.SO_BACKLOG, BACKLOG)
                    .childHandler(child)
                    .bind(local);
        });
    }

    private static Bootstrap bootstrap(EventLoop loop, Channel channel, ChannelHandler handler) {
        return new Bootstrap().group(loop).channelFactory(() -> channel).handler(handler);
    }

    private static boolean isIpv6(InetSocketAddress address) {
        return address.getAddress().getAddress().length > 4;
    }

    /// Makes a socket in the pod, marks it, and goes on with it at home.
    private Future<Channel> made(EventLoop loop, Supplier<Channel> kind, Function<Channel, ChannelFuture> next) {
        Promise<Channel> promise = loop.newPromise();
        CompletableFuture<Channel> making = thread.submit(netns, kind::get);
        var _ = making.whenComplete((channel, failure) -> {
            if (channel == null) {
                promise.setFailure(failure == null ? new IllegalStateException("no socket was made") : failure);
                return;
            }
            try {
                mark(channel);
            } catch (ChannelException e) {
                channel.unsafe().closeForcibly();
                promise.setFailure(e);
                return;
            }
            var _ = next.apply(channel).addListener((ChannelFuture done) -> {
                if (done.isSuccess()) {
                    promise.setSuccess(done.channel());
                } else {
                    promise.setFailure(done.cause());
                }
            });
        });
        return promise;
    }

    private void mark(Channel channel) {
        if (config.packetMark() != 0) {
            channel.config().setOption(SocketOptions.MARK, config.packetMark());
        }
    }

    private void reusePort(Channel channel) {
        if (!config.portReuse()) {
            return;
        }
        try {
            channel.config().setOption(SocketOptions.REUSE_PORT, 1);
        } catch (ChannelException e) {
            LOG.atWarn().addKeyValue("error", e.getMessage()).log("port of the pod cannot be shared during an upgrade");
        }
    }
}
