package dev.culvert.ztunnel.dns;

import dev.culvert.ztunnel.config.DnsConfig;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.PromiseCombiner;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/// The DNS port of one pod, over UDP and TCP, on every loopback address that the pod has.
///
/// Confined to its loop; [#open], [#stopListening] and [#close] may be called from anywhere.
public final class DnsListener {
    private final EventLoop loop;
    private final DnsSockets sockets;
    private final DnsLimits limits;
    private final List<InetSocketAddress> addresses;
    private final DnsForwarder forwarder;
    private final ChannelGroup listeners;
    private final ChannelGroup connections;

    public DnsListener(EventLoop loop, DnsSockets sockets, DnsConfig config, DnsLimits limits) {
        this.loop = loop;
        this.sockets = sockets;
        this.limits = limits;
        this.addresses = addresses(config.listen(), sockets.ipv6Loopback());
        this.forwarder = new DnsForwarder(loop, sockets, config.upstreams(), limits);
        this.listeners = new DefaultChannelGroup(loop);
        this.connections = new DefaultChannelGroup(loop);
    }

    private static List<InetSocketAddress> addresses(DnsConfig.Listen listen, boolean ipv6) {
        return switch (listen) {
            case DnsConfig.Listen.Address(var address) -> List.of(address);
            case DnsConfig.Listen.Loopback(int port) -> {
                List<InetSocketAddress> all = new ArrayList<>();
                all.add(new InetSocketAddress(NetUtil.LOCALHOST4, port));
                if (ipv6) {
                    all.add(new InetSocketAddress(NetUtil.LOCALHOST6, port));
                }
                yield all;
            }
        };
    }

    /// Binds all sockets. When one fails, those that were bound are closed and the future fails.
    public Future<Void> open() {
        Promise<Void> opened = loop.newPromise();
        loop.execute(() -> {
            PromiseCombiner all = new PromiseCombiner(loop);
            for (InetSocketAddress address : addresses) {
                all.add(keep(sockets.bindDatagram(loop, address, new DnsDatagramHandler(forwarder))));
                all.add(keep(sockets.listenStream(loop, address, new Accepted())));
            }
            all.finish(opened);
        });
        return opened.addListener(done -> {
            if (!done.isSuccess()) {
                close();
            }
        });
    }

    private Future<? extends Channel> keep(Future<? extends Channel> binding) {
        return binding.addListener((Future<Channel> done) -> {
            if (done.isSuccess()) {
                listeners.add(done.getNow());
            }
        });
    }

    /// Takes no new TCP connection and no datagram; what is in flight over TCP is still answered.
    public void stopListening() {
        var _ = listeners.close();
    }

    /// Closes everything at once.
    public void close() {
        var _ = listeners.close();
        var _ = connections.close();
        loop.execute(forwarder::close);
    }

    /// Turns an accepted connection into a stream of queries, or away when there are too many.
    @Sharable
    private final class Accepted extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRegistered(ChannelHandlerContext ctx) {
            Channel channel = ctx.channel();
            if (connections.size() >= limits.connections()) {
                var _ = channel.close();
                return;
            }
            connections.add(channel);
            channel.pipeline()
                    .replace(
                            this, null, new DnsStreamInitializer(new DnsStreamHandler(forwarder), limits.queryBytes()));
        }
    }
}
