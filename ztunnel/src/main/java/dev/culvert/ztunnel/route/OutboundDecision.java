package dev.culvert.ztunnel.route;

import dev.culvert.api.SpiffeId;
import dev.culvert.hbone.header.Authority;
import dev.culvert.mesh.model.Service;
import dev.culvert.mesh.model.Workload;
import dev.culvert.ztunnel.connection.CloseReason;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where an outbound connection goes. Immutable.
public sealed interface OutboundDecision {

    /// To where it wanted to go, which the mesh knows nothing of.
    ///
    /// @param service that was addressed and asks for this; null when nothing is known
    record PassThrough(InetSocketAddress to, @Nullable Service service) implements OutboundDecision {}

    /// To a workload of the mesh that takes no tunnel.
    ///
    /// @param service that was addressed; null when the workload was
    record Plain(
            InetSocketAddress to,
            Workload destination,
            @Nullable Service service) implements OutboundDecision {}

    /// Through a tunnel, to the workload itself or to its waypoint.
    ///
    /// @param to TCP address of the tunnel
    /// @param authority what is asked for inside it
    /// @param nextHop workload at the end of the tunnel
    /// @param expected identities that the next hop may prove
    /// @param service that was addressed; null when a workload was
    record Hbone(
            InetSocketAddress to,
            Authority authority,
            Workload nextHop,
            List<SpiffeId> expected,
            @Nullable Service service)
            implements OutboundDecision {
        public Hbone {
            expected = List.copyOf(expected);
        }
    }

    /// To another network, through its gateway.
    ///
    /// @param nextHop workload over there
    record OtherNetwork(Workload nextHop) implements OutboundDecision {}

    /// Nowhere.
    record Reject(CloseReason reason) implements OutboundDecision {}
}
