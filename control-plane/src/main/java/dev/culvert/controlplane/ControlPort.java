package dev.culvert.controlplane;

import dev.culvert.controlplane.connection.AcceptedHandler;
import dev.culvert.controlplane.connection.ConnectionTable;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.X509ExtendedKeyManager;

/// The gRPC ports: discovery and certificates over TLS, and in plaintext on loopback when that is
/// asked for. Belongs to the thread that starts the process.
final class ControlPort {
    /// A reconnecting client lists every resource it has: 32 MiB is room for some 300,000.
    private static final int MAX_MESSAGE = 32 << 20;
    private static final int MAX_METADATA = 16 << 10;
    private static final int WINDOW = 1 << 20;
    private static final int CALLS_PER_CONNECTION = 100;
    private static final int RESETS = 200;
    private static final int RESETS_SECONDS = 30;

    private ControlPort() {}

    /// A context that shows whatever certificate `keys` has at the moment of the handshake.
    static SslContext tls(X509ExtendedKeyManager keys) throws IOException {
        return GrpcSslContexts.configure(SslContextBuilder.forServer(keys), SslProvider.OPENSSL)
                .protocols("TLSv1.3", "TLSv1.2")
                .build();
    }

    /// A server with `services` behind `callers`, not yet started.
    ///
    /// @param loops accept and serve the connections
    /// @param connections counts them
    static NettyServerBuilder builder(
            InetSocketAddress address,
            List<BindableService> services,
            ServerInterceptor callers,
            Executor workers,
            EventLoopGroup loops,
            ConnectionTable connections) {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(address)
                .channelFactory(() -> listening(connections))
                .bossEventLoopGroup(loops)
                .workerEventLoopGroup(loops)
                .executor(workers)
                .intercept(callers)
                .maxInboundMessageSize(MAX_MESSAGE)
                .maxInboundMetadataSize(MAX_METADATA)
                .flowControlWindow(WINDOW)
                .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION)
                .handshakeTimeout(10, TimeUnit.SECONDS)
                .maxRstFramesPerWindow(RESETS, RESETS_SECONDS)
                .maxConnectionIdle(connections.limits().idle().toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTime(30, TimeUnit.SECONDS)
                .keepAliveTimeout(10, TimeUnit.SECONDS)
                .permitKeepAliveTime(10, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                // Spreads clients over replicas again; gRPC itself adds a tenth of jitter either way.
                .maxConnectionAge(30, TimeUnit.MINUTES)
                .maxConnectionAgeGrace(10, TimeUnit.SECONDS);
        services.forEach(builder::addService);
        return builder;
    }

    private static ServerChannel listening(ConnectionTable connections) {
        NioServerSocketChannel channel = new NioServerSocketChannel();
        channel.pipeline().addLast(new AcceptedHandler(connections));
        return channel;
    }

    /// Starts `builder`.
    ///
    /// @throws IOException naming the port that could not be had
    static Server start(NettyServerBuilder builder, String what, int port) throws IOException {
        try {
            return builder.build().start();
        } catch (IOException e) {
            throw new IOException(
                    "cannot listen on port " + port + " for " + what + ": " + e.getMessage()
                            + "; is another control plane there?",
                    e);
        }
    }
}
