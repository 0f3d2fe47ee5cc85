package dev.culvert.ztunnel.flow;

import dev.culvert.ztunnel.sockets.CanonicalAddress;
import dev.culvert.ztunnel.sockets.Dial;
import dev.culvert.ztunnel.sockets.Listen;
import dev.culvert.ztunnel.sockets.PodSockets;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The sockets of a pod that is an address of the loopback network; the test says what was redirected. Thread-safe.
final class LoopbackSockets implements PodSockets {
    private final EventLoopGroup loops;
    private final InetAddress ip;
    private final ByteBufAllocator allocator;
    /// Original destinations by the port that the client connected from.
    private final Map<Integer, InetSocketAddress> redirected = new ConcurrentHashMap<>();

    LoopbackSockets(EventLoopGroup loops, InetAddress ip, ByteBufAllocator allocator) {
        this.loops = loops;
        this.ip = ip;
        this.allocator = allocator;
    }

    /// A connection from `clientPort` will have wanted to go to `destination`.
    void redirect(int clientPort, InetSocketAddress destination) {
        redirected.put(clientPort, destination);
    }

    @Override
    public Future<Channel> listen(Listen listen, ChannelHandler child) {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channelFactory(() -> new EpollServerSocketChannel(SocketProtocolFamily.INET))
                .option(ChannelOption.AUTO_READ, listen.accepting())
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInboundHandlerAdapter() {
                    @Override
                    public boolean isSharable() {
                        return true;
                    }

                    @Override
                    public void handlerAdded(ChannelHandlerContext ctx) {
                        listen.use().apply(ctx.channel());
                        ctx.channel().config().setAllocator(allocator);
                        ctx.pipeline().replace(this, null, child);
                    }
                });
        Promise<Channel> bound = loops.next().newPromise();
        bootstrap.bind(new InetSocketAddress(ip, listen.port())).addListener((ChannelFuture done) -> {
            if (done.isSuccess()) {
                bound.setSuccess(done.channel());
            } else {
                bound.setFailure(done.cause());
            }
        });
        return bound;
    }

    @Override
    public Future<Channel> connect(EventLoop loop, Dial dial, @Nullable ChannelHandler handler) {
        Promise<Channel> connected = loop.newPromise();
        new Bootstrap()
                .group(loop)
                .channelFactory(() -> {
                    Channel made = new EpollSocketChannel(SocketProtocolFamily.INET);
                    dial.use().apply(made);
                    return made;
                })
                .option(ChannelOption.ALLOCATOR, allocator)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 2_000)
                .handler(handler == null ? new ChannelInboundHandlerAdapter() : handler)
                .connect(dial.to(), new InetSocketAddress(dial.from() == null ? ip : dial.from(), 0))
                .addListener((ChannelFuture done) -> {
                    if (done.isSuccess()) {
                        connected.setSuccess(done.channel());
                    } else {
                        connected.setFailure(done.cause());
                    }
                });
        return connected;
    }

    @Override
    public InetSocketAddress originalDestination(Channel accepted) {
        int clientPort = ((InetSocketAddress) accepted.remoteAddress()).getPort();
        InetSocketAddress local = (InetSocketAddress) accepted.localAddress();
        return CanonicalAddress.of(redirected.getOrDefault(clientPort, local));
    }

    @Override
    public void close() {
        redirected.clear();
    }
}
