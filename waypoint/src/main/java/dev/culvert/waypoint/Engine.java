package dev.culvert.waypoint;

import dev.culvert.hbone.HboneLimits;
import dev.culvert.hbone.header.Baggage;
import dev.culvert.hbone.loop.PerLoop;
import dev.culvert.hbone.loop.SteadyEpollHandler;
import dev.culvert.hbone.pool.TunnelPool;
import dev.culvert.hbone.server.HboneServer;
import dev.culvert.hbone.tls.CertificateSource;
import dev.culvert.hbone.tls.TlsContexts;
import dev.culvert.hbone.tls.TlsOffer;
import dev.culvert.waypoint.config.WaypointConfig;
import dev.culvert.waypoint.connect.ClientTlsContexts;
import dev.culvert.waypoint.connect.Dialler;
import dev.culvert.waypoint.connect.PooledCalls;
import dev.culvert.waypoint.connect.Upstreams;
import dev.culvert.waypoint.exchange.ExchangeObservers;
import dev.culvert.waypoint.exchange.InternalCalls;
import dev.culvert.waypoint.http.DrainEvent;
import dev.culvert.waypoint.http.FlowParts;
import dev.culvert.waypoint.http.HttpConnections;
import dev.culvert.waypoint.listener.InnerConnections;
import dev.culvert.waypoint.listener.OpaqueConnections;
import dev.culvert.waypoint.listener.TunnelTerminator;
import dev.culvert.waypoint.policy.PolicyObserver;
import dev.culvert.waypoint.policy.PolicyRuntime;
import dev.culvert.waypoint.policy.jwt.TokenCache;
import dev.culvert.waypoint.world.WorldState;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The data side of the assembly: loops, tunnels in and out, and what is served inside of them.
/// Confined to the thread that starts the process; what it makes is thread-safe or confined to
/// loops.
final class Engine implements AutoCloseable {
    private static final long END_SECONDS = 2;
    private static final int BACKLOG = 1_024;

    private final WaypointConfig config;
    private final WorldState state;
    private final CertificateSource certificates;
    private final ExchangeObservers observers;
    private final PolicyObserver policies;
    private final EventLoopGroup loops;
    private final TlsContexts tls;
    private final ByteBufAllocator allocator;
    private final PerLoop<LoopParts> perLoop;
    private final HboneServer server;
    private @Nullable Channel listener;

    /// Who is told of traffic, made by the assembly. Thread-safe.
    ///
    /// @param exchanges given calls of the waypoint's own, and the loop on which to make them
    record Telling(BiFunction<InternalCalls, EventLoop, ExchangeObservers> exchanges, PolicyObserver policies) {}

    /// What each loop has. Confined to it.
    private record LoopParts(TunnelPool tunnels, Upstreams upstreams, InternalCalls calls, InnerConnections inner) {}

    /// @param allocator of the buffers of all connections
    Engine(
            WaypointConfig config,
            WorldState state,
            CertificateSource certificates,
            Telling telling,
            ByteBufAllocator allocator) {
        this.allocator = allocator;
        this.config = config;
        this.state = state;
        this.certificates = certificates;
        policies = telling.policies();
        loops = new MultiThreadIoEventLoopGroup(
                config.listen().workerThreads(),
                new DefaultThreadFactory("loop", true),
                SteadyEpollHandler.newFactory());
        HboneLimits limits = config.listen().tunnels();
        tls = new TlsContexts(limits, TlsOffer.STANDARD, null);
        observers = telling.exchanges().apply(this::call, loops.next());
        perLoop = PerLoop.of(loops, this::parts);
        PerLoop<InnerConnections> inner =
                PerLoop.of(loops, loop -> perLoop.on(loop).inner());
        server = new HboneServer(
                tls,
                limits,
                certificates,
                new TunnelTerminator(state::world, inner, config.self().identity()));
    }

    private CompletionStage<InternalCalls.Reply> call(InternalCalls.Request request) {
        return perLoop.here().calls().call(request);
    }

    private LoopParts parts(EventLoop loop) {
        TunnelPool tunnels = new TunnelPool(loop, config.listen().tunnels(), tls);
        Dialler.Self self = new Dialler.Self(config.self().identity(), certificates, Baggage.EMPTY, allocator);
        Upstreams upstreams =
                new Upstreams(new Dialler(loop, tunnels, self, new ClientTlsContexts()), config.upstream());
        RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
        InternalCalls calls = new PooledCalls(loop, state::world, upstreams, random);
        PolicyRuntime policy =
                new PolicyRuntime(calls, new TokenCache(TokenCache.DEFAULT_ENTRIES), policies, InstantSource.system());
        FlowParts flow = new FlowParts(loop, state::world, upstreams, policy, random, observers, config.flow());
        HttpConnections http =
                new HttpConnections(flow, config.http(), config.listen().drain());
        OpaqueConnections opaque = new OpaqueConnections(new OpaqueConnections.Parts(
                loop,
                state::world,
                upstreams,
                policy,
                random,
                observers,
                config.upstream().tcpIdle()));
        return new LoopParts(
                tunnels,
                upstreams,
                calls,
                new InnerConnections(http, opaque, config.listen().sniffTime()));
    }

    /// Begins to take clients in.
    ///
    /// @throws IOException when the address cannot be had
    void listen() throws IOException {
        var bound = new ServerBootstrap()
                .group(loops)
                .channel(EpollServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.ALLOCATOR, allocator)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        server.install(channel);
                    }
                })
                .bind(config.listen().address())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen at " + config.listen().address() + ": "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        listener = bound.channel();
    }

    /// Where clients come in.
    InetSocketAddress address() {
        return listener != null && listener.localAddress() instanceof InetSocketAddress address
                ? address
                : config.listen().address();
    }

    /// Tells clients that we go while they are still let in, so that those that do not know it yet
    /// lose nothing; then takes no further client in, and lets running requests end.
    ///
    /// @return completes when the last tunnel is closed
    CompletableFuture<Void> drain(Duration deadline) {
        Duration settle = config.listen().settle().compareTo(deadline) < 0
                ? config.listen().settle()
                : Duration.ZERO;
        CompletableFuture<Void> done = new CompletableFuture<>();
        perLoop.post(parts -> parts.inner().drain(DrainEvent.LAST));
        loops.schedule(
                () -> leave(deadline.minus(settle)).addListener(_ -> done.complete(null)),
                settle.toNanos(),
                TimeUnit.NANOSECONDS);
        return done;
    }

    private Future<?> leave(Duration deadline) {
        Future<?> left = server.drain(deadline);
        Channel listening = listener;
        if (listening != null) {
            listening.close();
        }
        perLoop.post(parts -> parts.inner().drain(DrainEvent.CLOSE));
        return left;
    }

    @Override
    public void close() {
        if (listener != null) {
            listener.close();
        }
        observers.close();
        perLoop.post(parts -> {
            parts.upstreams().retire();
            parts.tunnels().close();
        });
        loops.shutdownGracefully(0, END_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly(END_SECONDS, TimeUnit.SECONDS);
        tls.close();
    }
}
