package dev.culvert.controlplane;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
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
    /// How long a connection may be without a call; who never shows a token is gone by then.
    static final Duration IDLE = Duration.ofSeconds(60);

    private ControlPort() {}

    /// A context that shows whatever certificate `keys` has at the moment of the handshake.
    static SslContext tls(X509ExtendedKeyManager keys) throws IOException {
        return GrpcSslContexts.configure(SslContextBuilder.forServer(keys), SslProvider.OPENSSL)
                .protocols("TLSv1.3", "TLSv1.2")
                .build();
    }

    /// A server with `services` behind `callers`, not yet started.
    ///
    /// @param idle how long a connection may be without a call
    static NettyServerBuilder builder(
            InetSocketAddress address,
            List<BindableService> services,
            ServerInterceptor callers,
            Executor workers,
            Duration idle) {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(address)
                .executor(workers)
                .intercept(callers)
                .maxInboundMessageSize(MAX_MESSAGE)
                .maxInboundMetadataSize(MAX_METADATA)
                .flowControlWindow(WINDOW)
                .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION)
                .handshakeTimeout(10, TimeUnit.SECONDS)
                .maxConnectionIdle(idle.toMillis(), TimeUnit.MILLISECONDS)
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
