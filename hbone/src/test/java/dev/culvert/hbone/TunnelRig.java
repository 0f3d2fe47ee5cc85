package dev.culvert.hbone;

import dev.culvert.api.SpiffeId;
import dev.culvert.hbone.header.Authority;
import dev.culvert.hbone.header.Baggage;
import dev.culvert.hbone.header.Forwarded;
import dev.culvert.hbone.header.TraceParent;
import dev.culvert.hbone.pool.PoolCounts;
import dev.culvert.hbone.pool.TunnelAttempt;
import dev.culvert.hbone.pool.TunnelDialer;
import dev.culvert.hbone.pool.TunnelKey;
import dev.culvert.hbone.pool.TunnelPool;
import dev.culvert.hbone.server.HboneServer;
import dev.culvert.hbone.tls.CertificateAnswer;
import dev.culvert.hbone.tls.CertificateSource;
import dev.culvert.hbone.tls.Revocations;
import dev.culvert.hbone.tls.TlsContexts;
import dev.culvert.hbone.tls.TlsOffer;
import dev.culvert.hbone.tls.WorkloadCertificate;
import dev.culvert.testkit.TestCa;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A client's pool and a server on loopback, with certificates of their own. Closed at the end of a test.
public final class TunnelRig implements AutoCloseable {
    public static final SpiffeId ALICE = new SpiffeId("cluster.local", "default", "alice");
    public static final SpiffeId BOB = new SpiffeId("cluster.local", "default", "bob");

    public final TestCa ca = TestCa.create("mesh root");
    public final EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
    public final EventLoop clientLoop = group.next();
    public final TlsContexts tls;
    public final TunnelPool pool;
    public final AtomicInteger dials = new AtomicInteger();
    public volatile CertificateSource clientCertificates = ready(ca, ALICE, 1);
    /// Listeners and the connections of both ends.
    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final HboneLimits limits;
    private final ByteBufAllocator allocator;

    public TunnelRig(HboneLimits limits, ByteBufAllocator allocator) {
        this(limits, allocator, TlsOffer.STANDARD);
    }

    public TunnelRig(HboneLimits limits, ByteBufAllocator allocator, TlsOffer offer) {
        this(limits, allocator, offer, null);
    }

    public TunnelRig(
            HboneLimits limits, ByteBufAllocator allocator, TlsOffer offer, @Nullable Revocations revocations) {
        this.limits = limits;
        this.allocator = allocator;
        this.tls = new TlsContexts(limits, offer, revocations);
        this.pool = new TunnelPool(clientLoop, limits, tls);
    }

    public static WorkloadCertificate certificate(TestCa.Issued issued, long generation) {
        return new WorkloadCertificate(issued.key(), issued.chain(), issued.roots(), generation);
    }

    public static CertificateSource source(WorkloadCertificate certificate) {
        return (executor, callback) ->
                executor.execute(() -> callback.accept(new CertificateAnswer.Ready(certificate)));
    }

    public static CertificateSource ready(TestCa ca, SpiffeId identity, long generation) {
        return source(certificate(ca.issue(identity), generation));
    }

    /// A listening server end.
    public record Served(HboneServer server, InetSocketAddress address) {}

    public Served serve(TunnelAcceptor acceptor) {
        return serve(ready(ca, BOB, 1), acceptor);
    }

    public Served serve(CertificateSource certificates, TunnelAcceptor acceptor) {
        return serve(new HboneServer(tls, limits, certificates, acceptor));
    }

    /// Serves clients of other trust domains too.
    public Served serveAlso(TunnelAcceptor acceptor, String... aliases) {
        return serve(new HboneServer(tls, limits, ready(ca, BOB, 1), acceptor, Set.of(aliases)));
    }

    private Served serve(HboneServer server) {
        Channel listener = new ServerBootstrap()
                .group(group)
                .channel(EpollServerSocketChannel.class)
                .childOption(ChannelOption.ALLOCATOR, allocator)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channels.add(channel);
                        server.install(channel);
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
        channels.add(listener);
        return new Served(server, (InetSocketAddress) listener.localAddress());
    }

    public TunnelKey key(InetSocketAddress destination, SpiffeId... expected) {
        return new TunnelKey("uid-1", ALICE, List.of(expected), destination, InetAddress.getLoopbackAddress());
    }

    public static ConnectRequest request(String authority) {
        Authority parsed = Authority.tryParse(authority);
        if (parsed == null) {
            throw new IllegalArgumentException(authority);
        }
        return new ConnectRequest(parsed, Baggage.EMPTY, Forwarded.EMPTY, TraceParent.random(), null, null);
    }

    public TunnelDialer dialer() {
        return new TunnelDialer() {
            @Override
            public CertificateSource certificates() {
                return clientCertificates;
            }

            @Override
            public Future<Channel> dial(TunnelKey key, EventLoop loop, ChannelHandler handler) {
                dials.incrementAndGet();
                Promise<Channel> connected = loop.newPromise();
                ChannelFuture future = new Bootstrap()
                        .group(loop)
                        .channel(EpollSocketChannel.class)
                        .option(ChannelOption.ALLOCATOR, allocator)
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 2_000)
                        .handler(handler)
                        .connect(key.destination());
                channels.add(future.channel());
                future.addListener(done -> {
                    if (done.isSuccess()) {
                        connected.setSuccess(future.channel());
                    } else {
                        connected.setFailure(done.cause());
                    }
                });
                return connected;
            }
        };
    }

    /// Asks for a tunnel; `callback` runs on the client's loop.
    public void connect(TunnelKey key, String authority, Consumer<ConnectReply> callback) {
        connect(key, request(authority), callback);
    }

    public void connect(TunnelKey key, ConnectRequest request, Consumer<ConnectReply> callback) {
        clientLoop.execute(() -> {
            TunnelAttempt _ = pool.connect(key, request, dialer(), callback);
        });
    }

    /// Asks for a tunnel whose bytes go to a fresh [Recorder], and waits for the answer.
    public Answer connect(TunnelKey key, String authority) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        connect(key, authority, reply -> {
            Recorder recorder = new Recorder();
            if (reply instanceof ConnectReply.Accepted accepted) {
                recorder.attach(accepted.stream());
            }
            answer.complete(new Answer(reply, recorder));
        });
        // longer than the limits of a handshake, so that one of those that is met says which
        return answer.orTimeout(30, TimeUnit.SECONDS).join();
    }

    /// What a CONNECT led to.
    public record Answer(ConnectReply reply, Recorder recorder) {}

    public <T> T onClientLoop(Supplier<T> task) {
        return CompletableFuture.supplyAsync(task, clientLoop)
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    public PoolCounts counts() {
        return onClientLoop(pool::counts);
    }

    /// Closes all channels before their loops: a loop that is told to end while it runs a task, and to
    /// wait for nothing, ends without closing those that are left, and with them what they hold.
    @Override
    public void close() {
        clientLoop.submit(pool::close).syncUninterruptibly();
        channels.close().awaitUninterruptibly(5, TimeUnit.SECONDS);
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        tls.close();
    }
}
