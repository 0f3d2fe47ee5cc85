package dev.culvert.testkit.http;

import dev.culvert.testkit.netns.LabPod;
import dev.culvert.testkit.netns.LabSockets;
import io.grpc.CallOptions;
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
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
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

    private static MethodDescriptor<String, String> descriptor(String method) {
        return MethodDescriptor.<String, String>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(method)
                .setRequestMarshaller(new Text())
                .setResponseMarshaller(new Text())
                .build();
    }

    @Override
    public void close() {
        channel.shutdownNow();
        loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private static final class Text implements MethodDescriptor.Marshaller<String> {
        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
            try {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
