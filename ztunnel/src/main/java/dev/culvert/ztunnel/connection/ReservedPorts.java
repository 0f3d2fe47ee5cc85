package dev.culvert.ztunnel.connection;

import dev.culvert.api.MeshPorts;

/// The ports of a pod that are the node proxy's own and never the destination of a connection. Immutable.
///
/// @param socks5 whether the SOCKS5 port is one of them
public record ReservedPorts(boolean socks5) {

    public boolean contains(int port) {
        return switch (port) {
            case MeshPorts.OUTBOUND, MeshPorts.INBOUND_PLAINTEXT, MeshPorts.HBONE -> true;
            case MeshPorts.SOCKS5 -> socks5;
            default -> false;
        };
    }
}
