package dev.culvert.ztunnel.dns;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;

/// The sockets that DNS needs, in one pod's network namespace, marked as ours.
///
/// Each method returns at once; the future completes on `loop`, to which the channel belongs.
public interface DnsSockets {
    /// A datagram socket on `local`.
    Future<? extends Channel> bindDatagram(EventLoop loop, InetSocketAddress local, ChannelHandler handler);

    /// A datagram socket on a port of the kernel's choice that hears `remote` alone.
    Future<? extends Channel> connectDatagram(EventLoop loop, InetSocketAddress remote, ChannelHandler handler);

    /// A listening stream socket; `child` is added to each connection, all of them on `loop`.
    Future<? extends Channel> listenStream(EventLoop loop, InetSocketAddress local, ChannelHandler child);

    /// A stream connection to `remote`, given up after the connect timeout of [DnsLimits].
    Future<? extends Channel> connectStream(EventLoop loop, InetSocketAddress remote, ChannelHandler handler);

    /// Whether `::1` can be used in the namespace.
    boolean ipv6Loopback();
}
