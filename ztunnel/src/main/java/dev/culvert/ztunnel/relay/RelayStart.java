package dev.culvert.ztunnel.relay;

import dev.culvert.ztunnel.connection.ConnectionEntry;

/// Joins a captured connection to what was dialled for it, from when on the relay holds both.
@FunctionalInterface
public interface RelayStart {

    void join(ConnectionEntry entry, TcpEnd downstream);
}
