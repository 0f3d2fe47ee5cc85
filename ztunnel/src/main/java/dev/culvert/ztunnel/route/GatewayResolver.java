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

    /// What a reference led to. Immutable.
    sealed interface Resolution {
        /// A workload to dial, and the address whose family is preferred when it is.
        record Found(Upstream upstream, InetAddress familyOf) implements Resolution {}

        /// A service of which no endpoint may be chosen.
        record NoEndpoint(String why) implements Resolution {}

        /// Nothing that is known.
        record Unknown() implements Resolution {}
    }

    /// The workload to dial for `reference`.
    ///
    /// @param wanted where the client wanted to go
    static Resolution resolve(EndpointPicker picker, GatewayReference reference, InetAddress wanted) {
        InetAddress family = switch (reference) {
            case GatewayReference.ByAddress ref -> ref.address().address();
            case GatewayReference.ByHostname _ -> wanted;
        };
        int port = reference.hbonePort();
        Service service = service(picker.world(), reference);
        if (service == null) {
            Workload workload = workload(picker.world(), reference);
            return workload == null
                    ? new Resolution.Unknown()
                    : new Resolution.Found(new Upstream(workload, port, null), family);
        }
        if (service.isPassthrough()) {
            return new Resolution.NoEndpoint("its service leaves the choice of endpoints to clients");
        }
        Upstream picked = picker.pick(service, port, Purpose.WAYPOINT);
        return picked == null
                ? new Resolution.NoEndpoint(picker.explain(service, port))
                : new Resolution.Found(picked, family);
    }

    private static @Nullable Service service(MeshSnapshot world, GatewayReference reference) {
        return switch (reference) {
            case GatewayReference.ByAddress ref -> world.service(ref.address(), null);
            case GatewayReference.ByHostname ref -> world.service(ref.host());
        };
    }

    private static @Nullable Workload workload(MeshSnapshot world, GatewayReference reference) {
        return switch (reference) {
            case GatewayReference.ByAddress ref -> world.workload(ref.address());
            case GatewayReference.ByHostname ref -> world.workload(ref.host());
        };
    }

    /// Whether `reference` names `service`: a waypoint's own service is reached without one.
    static boolean isItself(GatewayReference reference, Service service) {
        return switch (reference) {
            case GatewayReference.ByAddress ref -> service.vips().contains(ref.address());
            case GatewayReference.ByHostname ref -> ref.host().equals(service.key());
        };
    }

    /// Whether `reference` leads to a workload that passes `test`, as itself or as an endpoint of a service.
    static boolean leadsTo(MeshSnapshot world, GatewayReference reference, Predicate<Workload> test) {
        Service service = service(world, reference);
        if (service != null && anyEndpoint(world, service.key(), test)) {
            return true;
        }
        Workload workload = workload(world, reference);
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
