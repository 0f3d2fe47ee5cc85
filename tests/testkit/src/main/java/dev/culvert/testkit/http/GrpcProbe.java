package dev.culvert.testkit.http;

import dev.culvert.testkit.netns.LabPod;
import dev.culvert.testkit.netns.LabSockets;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A gRPC client in a pod of a lab, on one connection. Thread-safe.
public final class GrpcProbe implements AutoCloseable {
    private final EventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("grpc-probe", true), NioIoHandler.newFactory());
    private final ManagedChannel channel;
    private final Duration limit;

    /// A client from a pod to `address` at `port` that calls its peer `host`.
    public GrpcProbe(LabSockets sockets, LabPod from, InetSocketAddress peer, String host, Duration limit) {
        this.limit = limit;
        channel = NettyChannelBuilder.forAddress(peer)
                .channelFactory(() -> new NioSocketChannel(sockets.open(from.netns())))
                .eventLoopGroup(loop)
                .overrideAuthority(host)
                .usePlaintext()
                .build();
    }

    /// Calls `method`, as in `package.Service/Method`, with an empty message.
    ///
    /// @throws io.grpc.StatusRuntimeException when it fails
    public Echoed call(String method, Map<String, String> metadata) {
        Metadata headers = new Metadata();
        metadata.forEach((name, value) -> headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value));
        String answer = ClientCalls.blockingUnaryCall(
                ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers)),
                descriptor(method),
                CallOptions.DEFAULT.withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS),
                "");
        return Echoed.parse(answer);
    }

    /// Calls of any kind.
    public Channel channel() {
        return channel;
    }

    private static MethodDescriptor<String, String> descriptor(String method) {
        return MethodDescriptor.<String, String>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(method)
                .setRequestMarshaller(new TextMarshaller())
                .setResponseMarshaller(new TextMarshaller())
                .build();
    }

    @Override
    public void close() {
        channel.shutdownNow();
        loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
