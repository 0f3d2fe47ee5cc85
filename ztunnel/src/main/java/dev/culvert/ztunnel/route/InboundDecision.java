package dev.culvert.ztunnel.route;

import dev.culvert.mesh.model.Service;
import dev.culvert.ztunnel.connection.CloseReason;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// Where a CONNECT leads to. Immutable.
public sealed interface InboundDecision {

    /// To the application.
    ///
    /// @param target address and port of the pod: what policy judges
    /// @param service that was asked for by name, or whose port this is; null when there is none
    /// @param proxied where the client wanted to go, if the application is a proxy that is to be told; else null
    record Deliver(
            InetSocketAddress target,
            @Nullable Service service,
            @Nullable InetSocketAddress proxied) implements InboundDecision {}

    /// Nowhere.
    record Reject(CloseReason reason) implements InboundDecision {}
}
