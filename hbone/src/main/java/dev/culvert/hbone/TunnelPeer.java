package dev.culvert.hbone;

import dev.culvert.api.SpiffeId;
import java.net.SocketAddress;

/// The other end of a tunnel connection, as TLS and the socket prove it. Immutable.
///
/// @param identity first SPIFFE identity of the peer's verified certificate
/// @param remote the peer's socket address
/// @param local our socket address
public record TunnelPeer(SpiffeId identity, SocketAddress remote, SocketAddress local) {}
