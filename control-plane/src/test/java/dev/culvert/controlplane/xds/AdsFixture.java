package dev.culvert.controlplane.xds;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import dev.culvert.api.SpiffeId;
import dev.culvert.api.TypeUrls;
import dev.culvert.api.discovery.Resource;
import dev.culvert.controlplane.caller.Caller;
import dev.culvert.controlplane.caller.CallerConnections;
import dev.culvert.controlplane.caller.CallerIdentity;
import dev.culvert.controlplane.caller.CallerInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A discovery server on loopback, whose tokens are `node:<name>`, and clients of it.
final class AdsFixture {
    static final XdsLimits QUICK = new XdsLimits(
            1_000,
            300,
            100,
            64,
            1_000,
            500,
            64L << 20,
            1L << 20,
            256L << 20,
            Duration.ofSeconds(60),
            Duration.ZERO,
            Duration.ofMillis(1));

    final ResourceTable addresses = new ResourceTable(TypeUrls.ADDRESS);
    final ResourceTable policies = new ResourceTable(TypeUrls.AUTHORIZATION);
    final ScopedTables scoped =
            new ScopedTables(Set.of(TypeUrls.WAYPOINT_SERVICE, TypeUrls.WAYPOINT_CLUSTER), AdsFixture::scope);
    final AtomicInteger rejected = new AtomicInteger();
    final AtomicInteger pushes = new AtomicInteger();
    final AdsServer ads;

    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final Server server;
    private final List<ManagedChannel> channels = new ArrayList<>();

    AdsFixture(XdsLimits limits) throws Exception {
        ads = new AdsServer(List.of(addresses, policies), scoped, limits, new Counting(), workers, Clock.systemUTC());
        CallerInterceptor callers = new CallerInterceptor(
                List.of(AdsFixture::caller), List.of(), _ -> {}, new AnyConnections(), Clock.systemUTC());
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .executor(workers)
                .addService(ads)
                .intercept(callers)
                .build()
                .start();
    }

    private static final class AnyConnections implements CallerConnections {
        @Override
        public boolean proven(Ends ends, String credential) {
            return true;
        }

        @Override
        public void refused(Ends ends) {}
    }

    private static @Nullable Caller caller(String token) {
        if (token.startsWith("node:")) {
            return new Caller(new CallerIdentity.Node(token.substring(5)), token);
        }
        SpiffeId id = SpiffeId.tryParse(token);
        return id == null ? null : new Caller(new CallerIdentity.Workload(id), token);
    }

    private static ScopedTables.Scope scope(CallerIdentity caller, String named) {
        return switch (caller) {
            case CallerIdentity.Node _ -> new ScopedTables.Scope.Refused("no waypoint");
            case CallerIdentity.Workload(SpiffeId id) ->
                new ScopedTables.Scope.Known(id.namespace() + "/" + (named.isEmpty() ? id.serviceAccount() : named));
        };
    }

    private final class Counting implements XdsObserver {
        @Override
        public void opened() {}

        @Override
        public void closed() {}

        @Override
        public void pushed(String typeUrl, long bytes) {
            pushes.incrementAndGet();
        }

        @Override
        public void rejected(String typeUrl) {
            rejected.incrementAndGet();
        }

        @Override
        public void refused(String code) {}
    }

    ManagedChannel channel() {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .executor(workers)
                .maxInboundMessageSize(64 << 20)
                .build();
        channels.add(channel);
        return channel;
    }

    RawAdsClient client(String node) {
        return new RawAdsClient(channel(), "node:" + node, node);
    }

    static PublishedResource resource(String name, String version) {
        return resource(name, version, Set.of(), "", 10);
    }

    static PublishedResource resource(String name, String version, Set<String> aliases, String node, int bytes) {
        Set<String> keys = new HashSet<>(aliases);
        keys.add(name);
        return new PublishedResource(
                Resource.newBuilder()
                        .setName(name)
                        .setVersion(version)
                        .setResource(Any.newBuilder()
                                .setTypeUrl(TypeUrls.ADDRESS)
                                .setValue(ByteString.copyFrom(new byte[bytes])))
                        .build(),
                keys,
                node);
    }

    void put(PublishedResource... resources) {
        addresses.apply(List.of(resources), List.of());
    }

    void close() throws Exception {
        ads.close();
        channels.forEach(ManagedChannel::shutdownNow);
        server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        workers.shutdown();
    }
}
