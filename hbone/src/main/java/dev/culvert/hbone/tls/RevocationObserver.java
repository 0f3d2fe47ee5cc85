package dev.culvert.hbone.tls;

/// Told of each connection that was refused, or closed, for a revoked certificate of its peer. Thread-safe and quick:
/// it is called on a connection's loop.
@FunctionalInterface
public interface RevocationObserver {
    /// A connection was refused or is about to be closed.
    ///
    /// @param client whether we are the client of that connection
    void revoked(boolean client);
}
