package dev.culvert.hbone.pool;

import dev.culvert.api.SpiffeId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/// What two streams must have in common to share a connection. Immutable.
///
/// @param ownUid our workload, so that a pod never uses the connection of one that had its address before
/// @param ownIdentity who we say that we are
/// @param expected whom we accept at the other end, in order; empty accepts nobody
/// @param destination where the TCP connection leads to
/// @param source address that the connection is made from
public record TunnelKey(
        String ownUid,
        SpiffeId ownIdentity,
        List<SpiffeId> expected,
        InetSocketAddress destination,
        InetAddress source) {

    public TunnelKey {
        expected = List.copyOf(expected);
    }
}
