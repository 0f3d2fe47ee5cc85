package dev.culvert.mesh.authz;

import dev.culvert.api.SpiffeId;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// What is known for certain of an inbound connection when it is judged.
///
/// Immutable.
///
/// @param peer the identity that TLS proved; null when the connection is plain
/// @param source the address of the TCP peer (behind a waypoint: the waypoint's)
/// @param destination the called workload's own address
/// @param destinationPort the port that will be dialled there
public record ConnectionFacts(
        @Nullable SpiffeId peer, InetAddress source, InetAddress destination, int destinationPort) {}
