package dev.culvert.waypoint;

import com.google.protobuf.ByteString;
import dev.culvert.api.SpiffeId;
import dev.culvert.api.waypoint.Cluster;
import dev.culvert.api.waypoint.ClusterPort;
import dev.culvert.api.waypoint.Endpoint;
import dev.culvert.api.waypoint.Policies;
import dev.culvert.api.waypoint.Protocol;
import dev.culvert.api.waypoint.RouteSet;
import dev.culvert.api.waypoint.Service;
import dev.culvert.api.waypoint.ServicePort;
import dev.culvert.api.waypoint.TrafficPolicy;
import dev.culvert.api.waypoint.Waypoint;
import dev.culvert.hbone.ConnectReply;
import dev.culvert.hbone.ConnectRequest;
import dev.culvert.hbone.HboneLimits;
import dev.culvert.hbone.TunnelChannel;
import dev.culvert.hbone.header.Authority;
import dev.culvert.hbone.header.Baggage;
import dev.culvert.hbone.header.Forwarded;
import dev.culvert.hbone.header.TraceParent;
import dev.culvert.hbone.loop.SteadyEpollHandler;
import dev.culvert.hbone.pool.TunnelDialer;
import dev.culvert.hbone.pool.TunnelKey;
import dev.culvert.hbone.pool.TunnelPool;
import dev.culvert.hbone.tls.CertificateAnswer;
import dev.culvert.hbone.tls.CertificateSource;
import dev.culvert.hbone.tls.TlsContexts;
import dev.culvert.hbone.tls.TlsOffer;
import dev.culvert.hbone.tls.WorkloadCertificate;
import dev.culvert.mesh.config.Machine;
import dev.culvert.process.Settings;
import dev.culvert.testkit.TestCa;
import dev.culvert.waypoint.config.WaypointConfig;
import dev.culvert.waypoint.exchange.ExchangeObserver;
import dev.culvert.waypoint.exchange.ExchangeRecord;
import dev.culvert.waypoint.upstream.Site;
import dev.culvert.waypoint.world.WorldState;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/// A waypoint in one process, told what a control plane would tell, with clients that come by tunnel and backends on
/// the
/// loopback network. Confined to its test.
final class WaypointLab implements AutoCloseable {
    static final String VIP = "240.240.0.1";
    static final SpiffeId WAYPOINT = new SpiffeId("cluster.local", "shop", "waypoint");
    static final SpiffeId CLIENT = new SpiffeId("cluster.local", "shop", "client");

    final TestCa ca = TestCa.create("lab");
    final WorldState state = new WorldState(Site.UNKNOWN);
    final Queue<ExchangeRecord> records = new ConcurrentLinkedQueue<>();
    final Engine engine;
    /// Of the buffers of the waypoint alone.
    final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, SteadyEpollHandler.newFactory());
    private final TlsContexts tls = new TlsContexts(HboneLimits.DEFAULT, TlsOffer.STANDARD, null);
    private final TunnelPool pool;

    WaypointLab(String... settings) throws IOException {
        Map<String, String> env = new HashMap<>(Map.of(
                "CULVERT_HBONE_ADDRESS", "127.0.0.1:0",
                "POD_NAMESPACE", "shop",
                "SERVICE_ACCOUNT", "waypoint",
                "WORKER_THREADS", "2",
                "XDS_ADDRESS", "",
                "CA_ADDRESS", ""));
        for (int i = 0; i < settings.length; i += 2) {
            env.put(settings[i], settings[i + 1]);
        }
        Settings read = Settings.of(env);
        WaypointConfig config = WaypointConfig.from(read, Machine.here());
        read.check();
        ExchangeObserver observer = new ExchangeObserver() {
            @Override
            public void ended(ExchangeRecord record) {
                records.add(record);
            }
        };
        engine = new Engine(
                config,
                state,
                source(WAYPOINT),
                new Engine.Telling((_, _) -> (_, _) -> observer, new PolicyLog()),
                allocator);
        engine.listen();
        pool = new TunnelPool((EventLoop) loops.iterator().next(), HboneLimits.DEFAULT, tls);
        state.self(Waypoint.newBuilder()
                .setNamespace("shop")
                .setName("waypoint")
                .setTrustDomain("cluster.local")
                .build());
    }

    private CertificateSource source(SpiffeId identity) {
        TestCa.Issued issued = ca.issue(identity);
        WorkloadCertificate own = new WorkloadCertificate(issued.key(), issued.chain(), issued.roots(), 1);
        return (executor, callback) -> executor.execute(() -> callback.accept(new CertificateAnswer.Ready(own)));
    }

    /// Tells of a service at [#VIP], whose only port is 80, and of its backends.
    void serve(Protocol protocol, List<RouteSet> routes, int... backendPorts) {
        cluster("web", protocol, backendPorts);
        service(protocol, routes, Policies.getDefaultInstance());
    }

    /// Tells of the service alone.
    void service(Protocol protocol, List<RouteSet> routes, Policies policies) {
        state.services(
                Map.of(
                        "shop/web",
                        Service.newBuilder()
                                .setNamespace("shop")
                                .setHostname("web")
                                .setName("web")
                                .addAddresses(bytes(VIP))
                                .addPorts(ServicePort.newBuilder()
                                        .setPort(80)
                                        .setProtocol(protocol)
                                        .addAllRoutes(routes))
                                .setPolicies(policies)
                                .build()),
                List.of());
    }

    /// Tells of a cluster `shop/name`.
    void cluster(String name, Protocol protocol, int... backendPorts) {
        cluster(name, protocol, TrafficPolicy.getDefaultInstance(), backendPorts);
    }

    void cluster(String name, Protocol protocol, TrafficPolicy policy, int... backendPorts) {
        Cluster.Builder cluster = Cluster.newBuilder()
                .setPolicy(policy)
                .setNamespace("shop")
                .setHostname(name)
                .setService(name)
                .addPorts(ClusterPort.newBuilder().setPort(80).setProtocol(protocol));
        for (int i = 0; i < backendPorts.length; i++) {
            cluster.addEndpoints(Endpoint.newBuilder()
                    .setUid(name + "-" + i)
                    .addAddresses(bytes("127.0.0.1"))
                    .putPorts(80, backendPorts[i])
                    .setHealthy(true)
                    .setWeight(1));
        }
        state.clusters(List.of(cluster.build()), List.of());
    }

    static ByteString bytes(String address) {
        return ByteString.copyFrom(InetAddress.ofLiteral(address).getAddress());
    }

    /// Opens a tunnel to port 80 of the service.
    InnerClient client() {
        InnerClient client = new InnerClient();
        ConnectReply reply = connect(VIP + ":80", client);
        if (!(reply instanceof ConnectReply.Accepted)) {
            throw new AssertionError("tunnel not had: " + reply);
        }
        return client;
    }

    /// Asks for a tunnel.
    ConnectReply connect(String authority, ChannelHandler handler) {
        CompletableFuture<ConnectReply> answer = new CompletableFuture<>();
        InetSocketAddress to = engine.address();
        Authority parsed = Authority.tryParse(authority);
        if (parsed == null) {
            throw new IllegalArgumentException(authority);
        }
        EventLoop loop = (EventLoop) loops.iterator().next();
        TunnelKey key = new TunnelKey("", CLIENT, List.of(WAYPOINT), to, to.getAddress());
        ConnectRequest request =
                new ConnectRequest(parsed, Baggage.EMPTY, Forwarded.EMPTY, TraceParent.random(), null, null);
        loop.execute(() -> pool.connect(key, request, new Dialer(source(CLIENT)), reply -> {
            if (reply instanceof ConnectReply.Accepted accepted) {
                TunnelChannel.open(accepted.stream(), handler);
            }
            answer.complete(reply);
        }));
        return answer.orTimeout(10, TimeUnit.SECONDS).join();
    }

    private record Dialer(CertificateSource certificates) implements TunnelDialer {
        @Override
        public Future<Channel> dial(TunnelKey key, EventLoop loop, ChannelHandler handler) {
            Promise<Channel> result = loop.newPromise();
            var connecting = new Bootstrap()
                    .group(loop)
                    .channel(EpollSocketChannel.class)
                    .handler(handler)
                    .connect(key.destination());
            connecting.addListener(done -> {
                if (done.isSuccess()) {
                    result.setSuccess(connecting.channel());
                } else {
                    result.setFailure(done.cause());
                }
            });
            return result;
        }
    }

    /// The exchanges that have ended so far.
    List<ExchangeRecord> ended() {
        return new ArrayList<>(records);
    }

    /// Bytes of buffers that the waypoint holds.
    long usedBytes() {
        return allocator.metric().usedDirectMemory() + allocator.metric().usedHeapMemory();
    }

    /// Ends everything, and fails when the waypoint has not freed a buffer.
    @Override
    public void close() {
        loops.submit(pool::close).awaitUninterruptibly(2, TimeUnit.SECONDS);
        engine.drain(Duration.ZERO).orTimeout(10, TimeUnit.SECONDS).join();
        engine.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
        tls.close();
        Awaitility.await("all buffers freed").until(this::usedBytes, used -> used == 0);
    }
}
