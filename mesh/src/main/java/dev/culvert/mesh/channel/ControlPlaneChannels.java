package dev.culvert.mesh.channel;

import dev.culvert.hbone.loop.SteadyEpollHandler;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// Opens gRPC channels to the services of a control plane; all of them share one event loop.
///
/// Thread-safe. Whoever opens a channel shuts it down. To see changed roots, open another.
///
/// The loop and the channels are of the same classes as those of the data path. What both run is compiled for the
/// classes that it has met: with others here, the first message after a while would send the data path back to the
/// interpreter, for the second that compiling it anew takes.
public final class ControlPlaneChannels implements AutoCloseable {
    private static final int MAX_MESSAGE_BYTES = 200 << 20;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration PING_INTERVAL = Duration.ofSeconds(30);
    private static final Duration PING_TIMEOUT = Duration.ofSeconds(10);
    private static final int KEEPALIVE_IDLE_SECONDS = 300;
    private static final int KEEPALIVE_INTERVAL_SECONDS = 75;
    private static final int KEEPALIVE_PROBES = 9;

    private final ChannelTls tls;
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("control", true), SteadyEpollHandler.newFactory());

    /// Where names are resolved and token files read.
    private final ExecutorService blocking = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("control-io-", 0).factory());

    public ControlPlaneChannels(ChannelTls tls) {
        this.tls = tls;
    }

    /// A channel to `target`, with the roots as they are now. It connects when it is first used. Callbacks
    /// of calls run on `callbacks`.
    ///
    /// @throws IOException when the roots cannot be read
    /// @throws GeneralSecurityException when they are no roots
    public ManagedChannel open(ControlPlane target, Executor callbacks) throws IOException, GeneralSecurityException {
        return NettyChannelBuilder.forAddress(target.host(), target.port())
                .sslContext(sslContext(target))
                .eventLoopGroup(loop)
                .channelType(EpollSocketChannel.class)
                .executor(callbacks)
                .offloadExecutor(blocking)
                .proxyDetector(address -> null)
                .disableServiceConfigLookUp()
                .disableRetry()
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .keepAliveTime(PING_INTERVAL.toSeconds(), TimeUnit.SECONDS)
                .keepAliveTimeout(PING_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT_TIMEOUT.toMillis())
                .withOption(ChannelOption.SO_KEEPALIVE, true)
                .withOption(EpollChannelOption.TCP_KEEPIDLE, KEEPALIVE_IDLE_SECONDS)
                .withOption(EpollChannelOption.TCP_KEEPINTVL, KEEPALIVE_INTERVAL_SECONDS)
                .withOption(EpollChannelOption.TCP_KEEPCNT, KEEPALIVE_PROBES)
                .intercept(new CallHeaders(target.token(), target.headers(), blocking))
                .build();
    }

    private SslContext sslContext(ControlPlane target) throws IOException, GeneralSecurityException {
        SslContextBuilder builder = GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.OPENSSL)
                .trustManager(ServerTrust.of(target.roots().roots(), target.alternativeName()))
                .protocols(tls.protocols())
                .option(OpenSslContextOption.GROUPS, tls.groups().toArray(String[]::new));
        return builder.build();
    }

    @Override
    public void close() {
        blocking.shutdown();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
    }
}
