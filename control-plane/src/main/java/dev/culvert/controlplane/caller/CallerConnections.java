package dev.culvert.controlplane.caller;

import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// Told of each connection how its calls fared, since what it may hold depends on that.
/// Implementations are thread-safe and do not wait.
public interface CallerConnections {
    /// Which connection a call came on: no two that are open agree in both ends. Immutable.
    record Ends(@Nullable SocketAddress remote, @Nullable SocketAddress local) {}

    /// A call with a valid token came on `ends`; false when that token has too many connections.
    boolean proven(Ends ends, String credential);

    /// A call without a valid token came on `ends`.
    void refused(Ends ends);
}
