package dev.culvert.ztunnel.connection;

import dev.culvert.api.MeshPorts;

/// The ports of a pod that are the node proxy's own and never the destination of a connection. Stateless.
public final class ReservedPorts {
    private ReservedPorts() {}

    public static boolean contains(int port) {
        return switch (port) {
            case MeshPorts.OUTBOUND, MeshPorts.INBOUND_PLAINTEXT, MeshPorts.HBONE -> true;
            default -> false;
        };
    }
}
