package dev.culvert.ztunnel.connection;

import dev.culvert.api.SpiffeId;
import dev.culvert.hbone.header.Baggage;
import dev.culvert.mesh.model.NamespacedHostname;
import dev.culvert.mesh.model.Workload;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// What is known of a connection once it is decided where it goes: what metrics and access log say of it. Immutable.
///
/// It holds the records of the snapshot that the decision was made on, and copies nothing of them.
///
/// @param source workload that connects, as far as it is known
/// @param sourceBaggage what a peer says of itself, for what `source` does not say
/// @param sourceIdentity as proven by TLS; null for a plain connection
/// @param destination workload that is dialled: the next hop
/// @param destinationIdentity of the next hop
/// @param service that was addressed, be it by its address or by name
/// @param nextHop address that is dialled; inbound, the one that was connected to
/// @param authority of the CONNECT; null when there is no tunnel
/// @param mutualTls whether the mesh's side of the connection is a tunnel
public record Traffic(
        @Nullable Workload source,
        Baggage sourceBaggage,
        @Nullable SpiffeId sourceIdentity,
        @Nullable Workload destination,
        @Nullable SpiffeId destinationIdentity,
        @Nullable NamespacedHostname service,
        InetSocketAddress nextHop,
        @Nullable String authority,
        boolean mutualTls) {}
