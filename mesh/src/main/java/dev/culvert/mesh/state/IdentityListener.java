package dev.culvert.mesh.state;

import dev.culvert.api.SpiffeId;

/// Whoever keeps certificates for the identities of this node's workloads.
///
/// Called on the state thread, after the world that shows it is published; must not block.
public interface IdentityListener {
    /// The first workload of this node came that speaks HBONE and has this identity: it will be needed.
    default void appeared(SpiffeId identity) {}

    /// The last workload of this node with this identity went: it is needed no more.
    void vanished(SpiffeId identity);
}
