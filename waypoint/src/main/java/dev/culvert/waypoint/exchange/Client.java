package dev.culvert.waypoint.exchange;

import dev.culvert.api.SpiffeId;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// Who asks, and for which address, as the tunnel told. Immutable.
///
/// @param identity proved by the TLS of the tunnel
/// @param address of the client's pod: the tunnel's `Forwarded` field, else the tunnel's other end
/// @param destination the address that the client connected to (`:authority` of the tunnel)
/// @param workload what the client's node proxy says of the client, for metrics and logs only
public record Client(
        SpiffeId identity,
        InetSocketAddress address,
        InetSocketAddress destination,
        @Nullable WorkloadInfo workload) {

    /// The namespace of the client, from its identity.
    public String namespace() {
        return identity.namespace();
    }
}
