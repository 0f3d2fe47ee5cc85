package dev.culvert.ztunnel.dns;

import dev.culvert.ztunnel.sockets.Transport;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;

/// Channels of the kinds that DNS needs, for loops of one transport. Immutable; a channel is made in the namespace of
/// the
/// calling thread.
record DnsChannels(Transport transport) {
    Channel datagram(boolean ipv6) {
        return switch (transport) {
            case EPOLL -> new EpollDatagramChannel(family(ipv6));
            case IO_URING -> new IoUringDatagramChannel(family(ipv6));
        };
    }

    Channel stream(boolean ipv6) {
        return switch (transport) {
            case EPOLL -> new EpollSocketChannel(family(ipv6));
            case IO_URING -> new IoUringSocketChannel();
        };
    }

    Channel listener(boolean ipv6) {
        return switch (transport) {
            case EPOLL -> new EpollServerSocketChannel(family(ipv6));
            case IO_URING -> new IoUringServerSocketChannel();
        };
    }

    private static SocketProtocolFamily family(boolean ipv6) {
        return ipv6 ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
    }
}
