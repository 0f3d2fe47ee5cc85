package dev.culvert.waypoint.listener;

import dev.culvert.waypoint.connect.Destination;
import dev.culvert.waypoint.connect.Upstreams;
import dev.culvert.waypoint.exchange.ExchangeObservers;
import dev.culvert.waypoint.exchange.ExchangeRecord;
import dev.culvert.waypoint.exchange.LocalReply;
import dev.culvert.waypoint.filter.BackendTarget;
import dev.culvert.waypoint.http.ClientConnection;
import dev.culvert.waypoint.policy.PolicyRuntime;
import dev.culvert.waypoint.route.BackendChoice;
import dev.culvert.waypoint.route.TcpDecision;
import dev.culvert.waypoint.route.TcpTarget;
import dev.culvert.waypoint.upstream.Cluster;
import dev.culvert.waypoint.upstream.Endpoint;
import dev.culvert.waypoint.upstream.Lease;
import dev.culvert.waypoint.upstream.Pick;
import dev.culvert.waypoint.upstream.PickRequest;
import dev.culvert.waypoint.upstream.TrafficPolicy;
import dev.culvert.waypoint.world.Served;
import dev.culvert.waypoint.world.WaypointWorld;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Connections that are no HTTP, of one loop: judged, sent to a backend by weight, and relayed as
/// they are. Confined to that loop.
public final class OpaqueConnections {
    private final Parts parts;
    private int open;

    /// What they share. Confined to the loop.
    ///
    /// @param idle a connection on which nothing moves is closed after this
    public record Parts(
            EventLoop loop,
            Supplier<WaypointWorld> world,
            Upstreams upstreams,
            PolicyRuntime policy,
            RandomGenerator random,
            ExchangeObservers observers,
            Duration idle) {}

    /// Where a connection goes. Immutable but for the lease.
    record Way(@Nullable Lease lease, Endpoint endpoint, Destination to, TrafficPolicy.Limits limits) {}

    public OpaqueConnections(Parts parts) {
        this.parts = parts;
    }

    Parts parts() {
        return parts;
    }

    /// Open connections.
    public int size() {
        return open;
    }

    void opened() {
        open++;
    }

    void closed() {
        open--;
    }

    /// Serves a connection from now on; the bytes behind `before` in its pipeline are its first.
    ///
    /// @param patience for which the client's first bytes are waited for, to see whether they ask
    ///     for a server by TLS; zero for not at all
    void serve(ChannelHandlerContext before, ClientConnection connection, Served served, Duration patience) {
        if (patience.isZero()) {
            serve(before.pipeline(), connection, served, "");
        } else {
            before.pipeline()
                    .addLast(
                            new ServerNameReader(patience, name -> serve(before.pipeline(), connection, served, name)));
        }
    }

    private void serve(ChannelPipeline pipeline, ClientConnection connection, Served served, String serverName) {
        pipeline.addLast(new OpaqueFlow(this, connection, served, serverName));
    }

    /// Chooses a backend.
    ///
    /// @return null when there is none; the record says why
    @Nullable
    Way way(ClientConnection connection, Served served, ExchangeRecord record) {
        return switch (served) {
            case Served.WorkloadPort(Endpoint workload, int port, var _, var _, var _) ->
                new Way(null, workload, Destination.of(workload, port, false), TrafficPolicy.Limits.DEFAULT);
            case Served.ServicePort port ->
                switch (port.opaque()
                        .decide(record.serverName, connection.client().namespace())) {
                    case TcpDecision.NoMatch _ -> refuse(record, "NR", "no rule matches the connection");
                    case TcpDecision.NoRoutes _ ->
                        pick(connection, new BackendTarget(port.service().cluster(), port.port(), ""), record);
                    case TcpDecision.Matched(TcpTarget rule) -> ruled(connection, rule, record);
                };
        };
    }

    private @Nullable Way ruled(ClientConnection connection, TcpTarget rule, ExchangeRecord record) {
        record.routeName = rule.name();
        return switch (rule.choose(parts.random())) {
            case BackendChoice.Chosen(BackendTarget target, var _) -> pick(connection, target, record);
            case BackendChoice.Refused(LocalReply reply) -> refuse(record, "NR", reply.details());
        };
    }

    private @Nullable Way pick(ClientConnection connection, BackendTarget target, ExchangeRecord record) {
        record.cluster = target.cluster();
        Cluster cluster = parts.world().get().clusters().get(target.cluster());
        if (cluster == null) {
            return refuse(record, "NC", "no cluster " + target.cluster());
        }
        PickRequest request = new PickRequest(
                target.port(), target.subset(), null, Set.of(), false, parts.random(), System.nanoTime());
        return switch (cluster.pick(request)) {
            case Pick.NoEndpoint(String reason) -> refuse(record, "UH", reason);
            case Pick.Overflow(String limit) -> refuse(record, "UO", limit);
            case Pick.Chosen(Lease lease) ->
                new Way(
                        lease,
                        lease.endpoint(),
                        Destination.of(lease, false, connection.client().address()),
                        lease.policy().limits());
        };
    }

    private static @Nullable Way refuse(ExchangeRecord record, String flag, String why) {
        record.flag(flag);
        record.terminationDetails = why;
        return null;
    }
}
