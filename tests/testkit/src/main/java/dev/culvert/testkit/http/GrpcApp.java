package dev.culvert.testkit.http;

import dev.culvert.testkit.netns.LabPod;
import dev.culvert.testkit.netns.LabSockets;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/// A gRPC server of a pod with one method of each kind of call, whose messages are text. Thread-safe.
///
/// Each call ends with a trailer [#TRAILER].
public final class GrpcApp implements AutoCloseable {
    /// Of each call's end.
    public static final Metadata.Key<String> TRAILER = Metadata.Key.of("x-trailer", Metadata.ASCII_STRING_MARSHALLER);
    /// Sends the message back.
    public static final MethodDescriptor<String, String> ECHO = method("Echo", MethodType.UNARY);
    /// Answers a number with so many messages, `0` and on.
    public static final MethodDescriptor<String, String> SPLIT = method("Split", MethodType.SERVER_STREAMING);
    /// Answers with the number of messages that came.
    public static final MethodDescriptor<String, String> GATHER = method("Gather", MethodType.CLIENT_STREAMING);
    /// Sends each message back as it comes.
    public static final MethodDescriptor<String, String> CHAT = method("Chat", MethodType.BIDI_STREAMING);
    /// Fails with `FAILED_PRECONDITION` and the message as its description.
    public static final MethodDescriptor<String, String> FAIL = method("Fail", MethodType.UNARY);

    private static final String SERVICE = "culvert.test.Talk";

    private final EventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("grpc-app", true), NioIoHandler.newFactory());
    private final Server server;

    private GrpcApp(LabSockets sockets, LabPod pod, int port) {
        server = NettyServerBuilder.forAddress(new InetSocketAddress("::", port))
                .channelFactory(() -> new NioServerSocketChannel(sockets.openServer(pod.netns())))
                .bossEventLoopGroup(loop)
                .workerEventLoopGroup(loop)
                .addService(service())
                .intercept(new Trailers())
                .build();
    }

    /// Listens on `port` of the pod.
    public static GrpcApp start(LabSockets sockets, LabPod pod, int port) {
        GrpcApp app = new GrpcApp(sockets, pod, port);
        try {
            app.server.start();
            return app;
        } catch (IOException e) {
            app.close();
            throw new UncheckedIOException(e);
        }
    }

    private static MethodDescriptor<String, String> method(String name, MethodType type) {
        return MethodDescriptor.<String, String>newBuilder()
                .setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName("culvert.test.Talk", name))
                .setRequestMarshaller(new TextMarshaller())
                .setResponseMarshaller(new TextMarshaller())
                .build();
    }

    private static ServerServiceDefinition service() {
        return ServerServiceDefinition.builder(SERVICE)
                .addMethod(ECHO, ServerCalls.asyncUnaryCall((text, out) -> {
                    out.onNext(text);
                    out.onCompleted();
                }))
                .addMethod(SPLIT, ServerCalls.asyncServerStreamingCall((text, out) -> {
                    for (int i = 0; i < Integer.parseInt(text); i++) {
                        out.onNext(Integer.toString(i));
                    }
                    out.onCompleted();
                }))
                .addMethod(GATHER, ServerCalls.asyncClientStreamingCall(Gathering::new))
                .addMethod(CHAT, ServerCalls.asyncBidiStreamingCall(Chatting::new))
                .addMethod(
                        FAIL,
                        ServerCalls.asyncUnaryCall((text, out) -> out.onError(
                                Status.FAILED_PRECONDITION.withDescription(text).asRuntimeException())))
                .build();
    }

    @Override
    public void close() {
        server.shutdownNow();
        loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    /// Counts what comes. Confined to its call.
    private static final class Gathering implements StreamObserver<String> {
        private final StreamObserver<String> out;
        private int count;

        Gathering(StreamObserver<String> out) {
            this.out = out;
        }

        @Override
        public void onNext(String message) {
            count++;
        }

        @Override
        public void onError(Throwable gone) {
            // The client gave up; nothing is owed to it.
        }

        @Override
        public void onCompleted() {
            out.onNext(Integer.toString(count));
            out.onCompleted();
        }
    }

    /// Sends back what comes. Confined to its call.
    private record Chatting(StreamObserver<String> out) implements StreamObserver<String> {
        @Override
        public void onNext(String message) {
            out.onNext(message);
        }

        @Override
        public void onError(Throwable gone) {
            // The client gave up; nothing is owed to it.
        }

        @Override
        public void onCompleted() {
            out.onCompleted();
        }
    }

    private static final class Trailers implements ServerInterceptor {
        @Override
        public <A, B> ServerCall.Listener<A> interceptCall(
                ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
            return next.startCall(
                    new SimpleForwardingServerCall<>(call) {
                        @Override
                        public void close(Status status, Metadata trailers) {
                            trailers.put(TRAILER, "end");
                            super.close(status, trailers);
                        }
                    },
                    headers);
        }
    }
}
