package dev.culvert.ztunnel.policy;

import dev.culvert.ztunnel.connection.CloseReason;
import dev.culvert.ztunnel.connection.ReservedPorts;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// Refuses connections that would come back to ourselves. Pure.
public final class LoopGuard {
    private LoopGuard() {}

    /// What is wrong with an application's connection to `destination`; null when nothing is. To the pod's own
    /// address they are let through, and refused where they arrive.
    public static @Nullable CloseReason outbound(InetSocketAddress destination) {
        return destination.getAddress().isLoopbackAddress() ? inbound(destination) : null;
    }

    /// What is wrong with a plain connection to `destination`; null when nothing is.
    public static @Nullable CloseReason inbound(InetSocketAddress destination) {
        return ReservedPorts.contains(destination.getPort()) ? new CloseReason.OwnPort(destination) : null;
    }
}
