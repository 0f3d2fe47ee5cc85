package dev.culvert.hbone;

import java.net.SocketAddress;

/// What the server end asks and tells its owner. All calls come on the connection's event loop.
public interface TunnelAcceptor {

    /// A client asks for a tunnel; each offer is to be accepted or refused, now or later.
    void offered(TunnelOffer offer);

    /// A client's connection failed before it could ask for anything: TLS, or its identity.
    void handshakeFailed(SocketAddress remote, SocketAddress local, TunnelFailure failure);
}
