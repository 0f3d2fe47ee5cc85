package dev.culvert.testkit.http;

import dev.culvert.testkit.netns.LabPod;
import dev.culvert.testkit.netns.LabSockets;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// An application of a pod that answers each request with what it saw of it, over HTTP/1.1, HTTP/2 and gRPC on any of
/// its ports; at `/socket` it is an echo of WebSocket messages.
///
/// Thread-safe: one event loop an application, counters are atomic.
public final class EchoApp implements AutoCloseable {
    private final String pod;
    private final EventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("echo", true), NioIoHandler.newFactory());
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final List<Channel> listeners = new ArrayList<>();
    private final AtomicInteger served = new AtomicInteger();
    private volatile int failWith;

    private EchoApp(String pod) {
        this.pod = pod;
    }

    /// Listens on `ports` of the pod.
    public static EchoApp start(LabSockets sockets, LabPod pod, int... ports) {
        EchoApp app = new EchoApp(pod.spec().name());
        for (int port : ports) {
            app.listen(sockets.listen(pod.netns(), port));
        }
        return app;
    }

    private void listen(ServerSocketChannel socket) {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loop)
                .channelFactory(() -> new NioServerSocketChannel(socket))
                .childHandler(acceptor());
        listeners.add(bootstrap.register().syncUninterruptibly().channel());
    }

    private ChannelHandler acceptor() {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                connections.add(channel);
                channel.pipeline().addLast(new EchoPreface(EchoApp.this));
            }
        };
    }

    /// Answers every request with `status` from now on; 0 for what it saw, as in the beginning.
    public void failWith(int status) {
        failWith = status;
    }

    /// How many requests have come.
    public int served() {
        return served.get();
    }

    String pod() {
        return pod;
    }

    /// Counts a request.
    ///
    /// @return the status to answer it with
    int nextStatus() {
        served.incrementAndGet();
        int status = failWith;
        return status == 0 ? 200 : status;
    }

    @Override
    public void close() {
        listeners.forEach(listener -> listener.close().syncUninterruptibly());
        connections.close().awaitUninterruptibly();
        loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
