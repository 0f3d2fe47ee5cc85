package dev.culvert.ztunnel.route;

import dev.culvert.mesh.model.Endpoint;
import dev.culvert.mesh.model.GatewayReference;
import dev.culvert.mesh.model.NamespacedHostname;
import dev.culvert.mesh.model.Service;
import dev.culvert.mesh.model.WeightedWaypoint;
import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.state.MeshSnapshot;
import dev.culvert.ztunnel.route.EndpointPicker.Purpose;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Finds the waypoint that a service or workload refers to. Pure and stateless.
final class GatewayResolver {
    private GatewayResolver() {}

    /// A waypoint, and the address whose family is preferred when it is dialled.
    record Gateway(Upstream upstream, InetAddress familyOf) {}

    /// The waypoint that this connection to `service` takes: one of the weighted ones by chance, else the one; null
    /// when it has none.
    static @Nullable GatewayReference waypointOf(Service service, RandomGenerator random) {
        GatewayReference chosen = null;
        long weights = 0;
        for (WeightedWaypoint candidate : service.weightedWaypoints()) {
            weights += candidate.weight();
            if (candidate.weight() > 0 && random.nextLong(weights) < candidate.weight()) {
                chosen = candidate.destination();
            }
        }
        return chosen == null ? service.waypoint() : chosen;
    }

    /// The workload to dial for `reference`; null when there is none.
    ///
    /// @param wanted where the client wanted to go
    static @Nullable Gateway resolve(EndpointPicker picker, GatewayReference reference, InetAddress wanted) {
        MeshSnapshot world = picker.world();
        int port = reference.hbonePort();
        return switch (reference) {
            case GatewayReference.ByAddress ref -> {
                InetAddress address = ref.address().address();
                yield gateway(picker, world.service(ref.address(), null), world.workload(ref.address()), port, address);
            }
            case GatewayReference.ByHostname ref ->
                gateway(picker, world.service(ref.host()), world.workload(ref.host()), port, wanted);
        };
    }

    private static @Nullable Gateway gateway(
            EndpointPicker picker,
            @Nullable Service service,
            @Nullable Workload workload,
            int port,
            InetAddress family) {
        if (service != null) {
            Upstream picked = service.isPassthrough() ? null : picker.pick(service, port, Purpose.WAYPOINT);
            return picked == null ? null : new Gateway(picked, family);
        }
        return workload == null ? null : new Gateway(new Upstream(workload, port, null), family);
    }

    /// Whether `reference` leads to a workload that passes `test`, as itself or as an endpoint of a service.
    static boolean leadsTo(MeshSnapshot world, GatewayReference reference, Predicate<Workload> test) {
        Service service = switch (reference) {
            case GatewayReference.ByAddress ref -> world.service(ref.address(), null);
            case GatewayReference.ByHostname ref -> world.service(ref.host());
        };
        if (service != null && anyEndpoint(world, service.key(), test)) {
            return true;
        }
        Workload workload = switch (reference) {
            case GatewayReference.ByAddress ref -> world.workload(ref.address());
            case GatewayReference.ByHostname ref -> world.workload(ref.host());
        };
        return workload != null && test.test(workload);
    }

    private static boolean anyEndpoint(MeshSnapshot world, NamespacedHostname service, Predicate<Workload> test) {
        for (Endpoint endpoint : world.endpoints(service)) {
            Workload workload = world.workload(endpoint.workload());
            if (workload != null && test.test(workload)) {
                return true;
            }
        }
        return false;
    }

    /// All waypoints that `service` refers to, weighted or not.
    static boolean anyWaypoint(Service service, Predicate<GatewayReference> test) {
        GatewayReference one = service.waypoint();
        List<WeightedWaypoint> weighted = service.weightedWaypoints();
        return (one != null && test.test(one)) || weighted.stream().anyMatch(each -> test.test(each.destination()));
    }
}
