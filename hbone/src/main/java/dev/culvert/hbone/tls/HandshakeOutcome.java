package dev.culvert.hbone.tls;

import dev.culvert.hbone.TunnelFailure;
import dev.culvert.hbone.TunnelPeer;

/// How a TLS handshake ended. Immutable.
public sealed interface HandshakeOutcome {

    /// TLS is up, HTTP/2 agreed on, and the peer is who it should be.
    record Secured(TunnelPeer peer) implements HandshakeOutcome {}

    /// It is not; the channel is closed by TLS.
    record Failed(TunnelFailure failure) implements HandshakeOutcome {}
}
