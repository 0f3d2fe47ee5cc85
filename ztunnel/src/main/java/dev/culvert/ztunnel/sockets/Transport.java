package dev.culvert.ztunnel.sockets;

import dev.culvert.hbone.loop.SteadyEpollHandler;
import dev.culvert.linux.NettyWarmUp;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.List;

/// How the loops talk to the kernel. Immutable; making a channel may be done on any thread.
public enum Transport {
    /// The default.
    EPOLL,
    /// Faster for plain TCP, no faster under TLS; many container runtimes forbid it.
    IO_URING;

    /// The event loops of a data path, whose threads are named `loop-N`.
    public EventLoopGroup newLoops(int count) {
        return new MultiThreadIoEventLoopGroup(
                count,
                new DefaultThreadFactory("loop", true),
                switch (this) {
                    case EPOLL -> SteadyEpollHandler.newFactory();
                    case IO_URING -> IoUringIoHandler.newFactory();
                });
    }

    /// Loads what making channels needs, in the namespace of the caller; to be called before the first pod.
    ///
    /// @throws UnsatisfiedLinkError when the transport's native library cannot be used
    public void warmUp() {
        switch (this) {
            case EPOLL -> Epoll.ensureAvailability();
            case IO_URING -> IoUring.ensureAvailability();
        }
        NettyWarmUp.run(List.of(() -> newStream(false), () -> newListener(false)));
    }

    /// A socket, not connected, in the namespace of the calling thread. With io_uring its family is that of the
    /// host, which reaches IPv4 as well.
    Channel newStream(boolean ipv6) {
        return switch (this) {
            case EPOLL -> new EpollSocketChannel(family(ipv6));
            case IO_URING -> new IoUringSocketChannel();
        };
    }

    /// A socket to listen with, not bound, in the namespace of the calling thread.
    ServerChannel newListener(boolean ipv6) {
        return switch (this) {
            case EPOLL -> new EpollServerSocketChannel(family(ipv6));
            case IO_URING -> new IoUringServerSocketChannel();
        };
    }

    private static SocketProtocolFamily family(boolean ipv6) {
        return ipv6 ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
    }
}
