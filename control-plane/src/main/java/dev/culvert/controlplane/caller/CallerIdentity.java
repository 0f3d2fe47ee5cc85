package dev.culvert.controlplane.caller;

import dev.culvert.api.SpiffeId;

/// Whom an authenticated call comes from. Immutable.
public sealed interface CallerIdentity {
    /// The proxy of a node, which speaks for the pods that run there.
    ///
    /// @param name the node's name
    record Node(String name) implements CallerIdentity {}

    /// A proxy that has one identity of its own: a waypoint, a gateway, a proxy on a machine
    /// outside the cluster.
    ///
    /// @param id that identity
    record Workload(SpiffeId id) implements CallerIdentity {}
}
