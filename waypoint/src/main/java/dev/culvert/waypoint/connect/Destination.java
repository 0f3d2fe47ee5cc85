package dev.culvert.waypoint.connect;

import dev.culvert.api.MeshPorts;
import dev.culvert.api.SpiffeId;
import dev.culvert.waypoint.upstream.Endpoint;
import dev.culvert.waypoint.upstream.Lease;
import dev.culvert.waypoint.upstream.TrafficPolicy;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What two requests must have in common to share a connection. Immutable.
///
/// @param address where the application listens
/// @param tunnel null when the endpoint is reached without one
/// @param http2 whether HTTP/2 is spoken; of no meaning to opaque traffic
/// @param tls to the application; null for none
/// @param proxyProtocol version of the header at the start; 0 for none
/// @param onBehalfOf the client that the header names; null without a header
public record Destination(
        InetSocketAddress address,
        @Nullable Tunnel tunnel,
        boolean http2,
        TrafficPolicy.@Nullable Tls tls,
        int proxyProtocol,
        @Nullable InetSocketAddress onBehalfOf) {

    /// The node proxy in front of an application.
    ///
    /// @param expected whom it must prove to be; empty accepts nobody
    public record Tunnel(InetSocketAddress proxy, List<SpiffeId> expected) {
        public Tunnel {
            expected = List.copyOf(expected);
        }
    }

    /// An endpoint as it was chosen.
    ///
    /// @param client whose connection or request it is
    public static Destination of(Lease lease, boolean http2, InetSocketAddress client) {
        TrafficPolicy policy = lease.policy();
        return new Destination(
                lease.address(),
                tunnel(lease.endpoint()),
                http2,
                policy.tls(),
                policy.proxyProtocol(),
                policy.proxyProtocol() == 0 ? null : client);
    }

    /// A port of a workload that was addressed itself.
    public static Destination of(Endpoint workload, int port, boolean http2) {
        return new Destination(new InetSocketAddress(workload.address(), port), tunnel(workload), http2, null, 0, null);
    }

    private static @Nullable Tunnel tunnel(Endpoint endpoint) {
        SpiffeId identity = endpoint.identity();
        return endpoint.hbone()
                ? new Tunnel(
                        new InetSocketAddress(endpoint.address(), MeshPorts.HBONE),
                        identity == null ? List.of() : List.of(identity))
                : null;
    }
}
