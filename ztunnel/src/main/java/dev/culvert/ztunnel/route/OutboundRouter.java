package dev.culvert.ztunnel.route;

import dev.culvert.api.MeshPorts;
import dev.culvert.api.SpiffeId;
import dev.culvert.hbone.header.Authority;
import dev.culvert.mesh.model.GatewayReference;
import dev.culvert.mesh.model.NetworkAddress;
import dev.culvert.mesh.model.Service;
import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.state.MeshSnapshot;
import dev.culvert.ztunnel.connection.CloseReason;
import dev.culvert.ztunnel.route.EndpointPicker.Purpose;
import dev.culvert.ztunnel.route.GatewayResolver.Resolution;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Decides where an outbound connection goes. Pure, and immutable: one is made for each decision.
///
/// The order of the questions is Istio's: is a service addressed that has a waypoint; which workload is meant; has
/// that one a waypoint of its own; does it take tunnels. A waypoint that cannot be had ends the connection: going
/// around it would go around its policy.
public final class OutboundRouter {
    private final MeshSnapshot world;
    private final String network;
    private final Workload own;
    private final InetSocketAddress source;
    private final InetSocketAddress destination;
    private final EndpointPicker picker;

    private OutboundRouter(Query query, RandomGenerator random) {
        world = query.world();
        network = query.network();
        own = query.own();
        source = query.source();
        destination = query.destination();
        picker = new EndpointPicker(world, own, random);
    }

    /// What is to be decided. Immutable.
    ///
    /// @param world on which everything is looked up
    /// @param network of this node
    /// @param own workload of the pod that connects
    /// @param source address that it connects from
    /// @param destination where it wants to go
    public record Query(
            MeshSnapshot world,
            String network,
            Workload own,
            InetSocketAddress source,
            InetSocketAddress destination) {}

    /// Decides; `random` picks among equals.
    public static OutboundDecision decide(Query query, RandomGenerator random) {
        return new OutboundRouter(query, random).decide(random);
    }

    private OutboundDecision decide(RandomGenerator random) {
        NetworkAddress here = new NetworkAddress(network, destination.getAddress());
        Service addressed = world.workload(here) == null ? world.service(here, own.namespace()) : null;
        if (addressed != null) {
            GatewayReference waypoint = waypointOf(addressed, random);
            if (waypoint != null) {
                return viaWaypoint(waypoint, addressed, "service " + addressed.key());
            }
        }
        NetworkAddress there = new NetworkAddress(own.network(), destination.getAddress());
        Service service = world.service(there, own.namespace());
        Upstream upstream = service == null ? workloadAt(there) : endpointOf(service);
        if (upstream == null) {
            return unknown(addressed);
        }
        if (!upstream.workload().network().equals(own.network())) {
            return new OutboundDecision.OtherNetwork(upstream.workload());
        }
        GatewayReference waypoint = addressed == null ? waypointOf(upstream.workload()) : null;
        if (waypoint != null) {
            return viaWaypoint(waypoint, null, "workload " + upstream.workload().uid());
        }
        return direct(upstream);
    }

    /// The waypoint that stands before a service; null when none does. None stands before the service of a waypoint
    /// itself, and none before any when the pod that connects is its waypoint: that would be a loop.
    private @Nullable GatewayReference waypointOf(Service addressed, RandomGenerator random) {
        boolean loop = GatewayResolver.anyWaypoint(
                addressed, reference -> GatewayResolver.isItself(reference, addressed) || isOwnWaypoint(reference));
        return loop ? null : GatewayResolver.waypointOf(addressed, random);
    }

    /// The waypoint that stands before a workload; null when none does, for the same reasons.
    private @Nullable GatewayReference waypointOf(Workload addressed) {
        GatewayReference reference = addressed.waypoint();
        if (reference == null || isOwnWaypoint(reference)) {
            return null;
        }
        boolean itself = GatewayResolver.leadsTo(
                world, reference, workload -> workload.uid().equals(addressed.uid()));
        return itself ? null : reference;
    }

    private @Nullable Upstream workloadAt(NetworkAddress address) {
        Workload workload = world.workload(address);
        return workload == null ? null : new Upstream(workload, destination.getPort(), null);
    }

    private @Nullable Upstream endpointOf(Service service) {
        return service.isPassthrough() ? null : picker.pick(service, destination.getPort(), Purpose.TRAFFIC);
    }

    private OutboundDecision unknown(@Nullable Service addressed) {
        if (addressed == null || addressed.isPassthrough()) {
            return new OutboundDecision.PassThrough(destination, addressed);
        }
        int port = destination.getPort();
        return new OutboundDecision.Reject(
                new CloseReason.NoEndpoint(addressed.key().toString(), port, picker.explain(addressed, port)));
    }

    private OutboundDecision viaWaypoint(GatewayReference reference, @Nullable Service addressed, String neededBy) {
        String name = reference.destination();
        return switch (GatewayResolver.resolve(picker, reference, destination.getAddress())) {
            case Resolution.Found found -> tunnel(found, addressed);
            case Resolution.NoEndpoint none ->
                new OutboundDecision.Reject(new CloseReason.NoGatewayEndpoint("waypoint", name, neededBy, none.why()));
            case Resolution.Unknown _ ->
                new OutboundDecision.Reject(new CloseReason.NoGateway("waypoint", name, neededBy));
        };
    }

    private OutboundDecision tunnel(Resolution.Found waypoint, @Nullable Service addressed) {
        Upstream upstream = waypoint.upstream();
        if (!upstream.workload().network().equals(own.network())) {
            return new OutboundDecision.OtherNetwork(upstream.workload());
        }
        InetAddress address = upstream.address(waypoint.familyOf());
        if (address == null) {
            return noAddress(upstream.workload());
        }
        return new OutboundDecision.Hbone(
                new InetSocketAddress(address, upstream.port()),
                Authority.of(destination),
                upstream.workload(),
                upstream.expected(),
                addressed);
    }

    private OutboundDecision direct(Upstream upstream) {
        InetAddress address = upstream.address(destination.getAddress());
        if (address == null) {
            return noAddress(upstream.workload());
        }
        InetSocketAddress target = new InetSocketAddress(address, upstream.port());
        if (!upstream.workload().isHbone()) {
            return new OutboundDecision.Plain(target, upstream.workload(), upstream.service());
        }
        return new OutboundDecision.Hbone(
                new InetSocketAddress(address, MeshPorts.HBONE),
                Authority.of(target),
                upstream.workload(),
                upstream.expected(),
                upstream.service());
    }

    /// Whether the pod that connects is the waypoint that `reference` leads to: then it has already done its part.
    private boolean isOwnWaypoint(GatewayReference reference) {
        SpiffeId identity = own.identity();
        return GatewayResolver.leadsTo(
                world,
                reference,
                workload -> workload.hasAddress(source.getAddress())
                        && identity != null
                        && identity.equals(workload.identity()));
    }

    private static OutboundDecision noAddress(Workload workload) {
        return new OutboundDecision.Reject(new CloseReason.NoAddress(
                workload.uid().toString(),
                workload.hostname().isEmpty()
                        ? "has no address that the service offers"
                        : "has only the hostname " + workload.hostname() + ", and names are not resolved here"));
    }
}
