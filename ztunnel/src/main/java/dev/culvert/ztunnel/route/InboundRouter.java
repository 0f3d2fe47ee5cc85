package dev.culvert.ztunnel.route;

import dev.culvert.hbone.header.Authority;
import dev.culvert.mesh.model.ApplicationTunnel;
import dev.culvert.mesh.model.Endpoint;
import dev.culvert.mesh.model.GatewayReference;
import dev.culvert.mesh.model.NamespacedHostname;
import dev.culvert.mesh.model.NetworkAddress;
import dev.culvert.mesh.model.Service;
import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.state.MeshSnapshot;
import dev.culvert.ztunnel.connection.CloseReason;
import dev.culvert.ztunnel.connection.ReservedPorts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// Decides where a CONNECT leads to in the pod that it came to. Pure, and immutable: one is made for each decision.
///
/// What is dialled is always the pod's own address; the authority only chooses the port, and must be this pod or
/// something that it is the waypoint of.
public final class InboundRouter {
    private final MeshSnapshot world;
    private final String network;
    private final Workload own;
    private final InetSocketAddress local;

    private InboundRouter(Query query) {
        world = query.world();
        network = query.network();
        own = query.own();
        local = query.local();
    }

    /// What is to be decided. Immutable.
    ///
    /// @param world on which everything is looked up
    /// @param network of this node
    /// @param own workload of the pod
    /// @param local address of the pod that the peer connected to
    public record Query(MeshSnapshot world, String network, Workload own, InetSocketAddress local) {}

    /// Decides.
    ///
    /// @param forwardedHost service that the client says it addressed; telemetry only, and null when it says none
    public static InboundDecision decide(Query query, Authority authority, @Nullable String forwardedHost) {
        return new InboundRouter(query).decide(authority, forwardedHost);
    }

    /// For telemetry: a service of the pod that `port` of it belongs to; null when there is none.
    public static @Nullable Service serviceOf(Query query, int port) {
        return new InboundRouter(query).serviceByPort(port, null);
    }

    private InboundDecision decide(Authority authority, @Nullable String forwardedHost) {
        return switch (authority) {
            case Authority.Address address -> byAddress(address, forwardedHost);
            case Authority.Hostname hostname -> byName(hostname);
        };
    }

    private InboundDecision byAddress(Authority.Address authority, @Nullable String forwardedHost) {
        if (!authority.ip().equals(local.getAddress())
                && own.applicationTunnel() == null
                && !isWaypointOf(new NetworkAddress(network, authority.ip()))) {
            return new InboundDecision.Reject(new CloseReason.BadAuthority(
                    local.getAddress().getHostAddress(), authority.ip().getHostAddress()));
        }
        return deliver(
                authority, authority.port(), serviceByPort(authority.port(), forwardedHost), authority.socketAddress());
    }

    private InboundDecision byName(Authority.Hostname authority) {
        Service service = world.bestService(authority.name(), own.namespace());
        if (service == null) {
            return noPort(authority, "no service of this name is known");
        }
        Endpoint endpoint = world.endpoints(service.key()).of(own.uid());
        int port = endpoint == null ? 0 : endpoint.ports().target(authority.port());
        if (port == 0) {
            port = service.ports().target(authority.port());
        }
        if (port == 0) {
            return noPort(authority, "neither service nor endpoint says which port of the pod it is");
        }
        return deliver(authority, port, service, virtualAddress(service, authority.port()));
    }

    private InboundDecision deliver(
            Authority authority, int port, @Nullable Service service, @Nullable InetSocketAddress wanted) {
        if (ReservedPorts.contains(port)) {
            return new InboundDecision.Reject(new CloseReason.OwnPort(new InetSocketAddress(local.getAddress(), port)));
        }
        ApplicationTunnel tunnel = own.applicationTunnel();
        if (tunnel == null) {
            return new InboundDecision.Deliver(new InetSocketAddress(local.getAddress(), port), service, null);
        }
        int target = tunnel.overridesPort() ? tunnel.port() : port;
        InetSocketAddress address = new InetSocketAddress(local.getAddress(), target);
        if (tunnel.protocol() == ApplicationTunnel.Protocol.NONE) {
            return new InboundDecision.Deliver(address, service, null);
        }
        if (wanted == null) {
            return noPort(authority, "the service has no address to name in a PROXY header");
        }
        return new InboundDecision.Deliver(address, service, wanted);
    }

    private static InboundDecision noPort(Authority authority, String why) {
        return new InboundDecision.Reject(new CloseReason.NoPort(authority.toString(), why));
    }

    private boolean isWaypointOf(NetworkAddress asked) {
        Workload workload = world.workload(asked);
        if (workload != null) {
            GatewayReference waypoint = workload.waypoint();
            return waypoint != null && leadsHere(waypoint);
        }
        Service service = world.service(asked, null);
        return service != null && GatewayResolver.anyWaypoint(service, this::leadsHere);
    }

    private boolean leadsHere(GatewayReference reference) {
        InetAddress here = local.getAddress();
        return GatewayResolver.leadsTo(
                world, reference, workload -> workload.uid().equals(own.uid()) || workload.hasAddress(here));
    }

    /// For telemetry: the service of this pod that the client says it addressed, else one that this port is of.
    private @Nullable Service serviceByPort(int port, @Nullable String forwardedHost) {
        Service byPort = null;
        for (NamespacedHostname key : own.services().keySet()) {
            Service service = world.service(key);
            if (service == null) {
                continue;
            }
            if (key.hostname().equals(forwardedHost)) {
                return service;
            }
            Endpoint endpoint = world.endpoints(key).of(own.uid());
            boolean declares = service.ports().hasTarget(port)
                    || (endpoint != null && endpoint.ports().hasTarget(port));
            if (declares
                    && (byPort == null || key.toString().compareTo(byPort.key().toString()) < 0)) {
                byPort = service;
            }
        }
        return byPort;
    }

    /// An address that stands for the service: rather of our network, rather IPv4.
    private @Nullable InetSocketAddress virtualAddress(Service service, int port) {
        NetworkAddress best = null;
        int bestRank = -1;
        for (NetworkAddress vip : service.vips()) {
            int rank = !vip.network().equals(network) ? 0 : vip.address().getAddress().length == 4 ? 2 : 1;
            if (rank > bestRank) {
                best = vip;
                bestRank = rank;
            }
        }
        return best == null ? null : new InetSocketAddress(best.address(), port);
    }
}
