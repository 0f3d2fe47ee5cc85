package dev.culvert.ztunnel.route;

import dev.culvert.mesh.model.GatewayReference;
import dev.culvert.mesh.model.NamespacedHostname;
import dev.culvert.mesh.model.NetworkAddress;
import dev.culvert.mesh.model.Service;
import dev.culvert.mesh.model.WeightedWaypoint;
import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.state.MeshSnapshot;
import java.net.InetAddress;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a decision would look up and the world does not show, for a world that is asked for piece by piece. Pure, and
/// immutable: one is made for each look.
///
/// The workloads of a service come with the service, so they are never asked for.
public final class Unknowns {
    private final MeshSnapshot world;
    private final Set<Wanted> found = new LinkedHashSet<>(4);

    private Unknowns(MeshSnapshot world) {
        this.world = world;
    }

    /// Something to ask the control plane for. Immutable.
    public sealed interface Wanted {
        /// A workload or service by its address.
        record At(NetworkAddress address) implements Wanted {}

        /// A service by its key.
        record Named(NamespacedHostname key) implements Wanted {}
    }

    /// Of an outbound connection, what its next look needs: the destination, then the waypoints that it names.
    public static Set<Wanted> of(OutboundRouter.Query query) {
        Unknowns unknowns = new Unknowns(query.world());
        InetAddress destination = query.destination().getAddress();
        unknowns.destination(new NetworkAddress(query.network(), destination));
        unknowns.destination(new NetworkAddress(query.own().network(), destination));
        return unknowns.found;
    }

    /// Of a CONNECT to a pod, when it is not for the pod itself: what it asks for, and its waypoints.
    public static Set<Wanted> of(InboundRouter.Query query, InetAddress asked) {
        Unknowns unknowns = new Unknowns(query.world());
        if (!asked.equals(query.local().getAddress()) && query.own().applicationTunnel() == null) {
            unknowns.destination(new NetworkAddress(query.network(), asked));
        }
        return unknowns.found;
    }

    private void destination(NetworkAddress address) {
        Workload workload = world.workload(address);
        Service service = world.service(address, null);
        if (workload == null && service == null) {
            found.add(new Wanted.At(address));
        }
        if (workload != null) {
            waypoint(workload.waypoint());
        }
        if (service != null) {
            waypoint(service.waypoint());
            for (WeightedWaypoint weighted : service.weightedWaypoints()) {
                waypoint(weighted.destination());
            }
        }
    }

    private void waypoint(@Nullable GatewayReference reference) {
        switch (reference) {
            case null -> {}
            case GatewayReference.ByAddress ref -> {
                if (world.workload(ref.address()) == null && world.service(ref.address(), null) == null) {
                    found.add(new Wanted.At(ref.address()));
                }
            }
            case GatewayReference.ByHostname ref -> {
                if (world.service(ref.host()) == null && world.workload(ref.host()) == null) {
                    found.add(new Wanted.Named(ref.host()));
                }
            }
        }
    }
}
