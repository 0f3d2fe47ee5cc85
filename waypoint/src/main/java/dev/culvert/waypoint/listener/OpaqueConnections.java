package dev.culvert.waypoint.listener;

import dev.culvert.waypoint.connect.Destination;
import dev.culvert.waypoint.connect.Upstreams;
import dev.culvert.waypoint.exchange.ExchangeObservers;
import dev.culvert.waypoint.exchange.ExchangeRecord;
import dev.culvert.waypoint.filter.BackendTarget;
import dev.culvert.waypoint.http.ClientConnection;
import dev.culvert.waypoint.policy.PolicyRuntime;
import dev.culvert.waypoint.upstream.Cluster;
import dev.culvert.waypoint.upstream.Endpoint;
import dev.culvert.waypoint.upstream.Lease;
import dev.culvert.waypoint.upstream.Pick;
import dev.culvert.waypoint.upstream.PickRequest;
import dev.culvert.waypoint.upstream.TrafficPolicy;
import dev.culvert.waypoint.world.OpaqueRoutes;
import dev.culvert.waypoint.world.Served;
import dev.culvert.waypoint.world.WaypointWorld;
import io.netty.channel.ChannelHandlerContext;
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
    void serve(ChannelHandlerContext before, ClientConnection connection, Served served) {
        before.pipeline().addLast(new OpaqueFlow(this, connection, served));
    }

    /// Chooses a backend.
    ///
    /// @return null when there is none; the record says why
    @Nullable
    Way way(ClientConnection connection, Served served, ExchangeRecord record) {
        return switch (served) {
            case Served.WorkloadPort(Endpoint workload, int port, var _, var _, var _) ->
                new Way(null, workload, Destination.of(workload, port, false), TrafficPolicy.Limits.DEFAULT);
            case Served.ServicePort port -> {
                OpaqueRoutes.Choice choice =
                        port.opaque().choose(connection.client().namespace(), record.serverName, parts.random());
                yield switch (choice) {
                    case OpaqueRoutes.Choice.Nowhere(String why) -> refuse(record, "NR", why);
                    case OpaqueRoutes.Choice.Addressed() ->
                        pick(connection, new BackendTarget(port.service().cluster(), port.port(), ""), record);
                    case OpaqueRoutes.Choice.Elsewhere(BackendTarget target, String rule) -> {
                        record.routeName = rule;
                        yield pick(connection, target, record);
                    }
                };
            }
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
