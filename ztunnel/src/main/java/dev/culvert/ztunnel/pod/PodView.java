package dev.culvert.ztunnel.pod;

import dev.culvert.mesh.model.WorkloadName;

/// A pod as an operator sees it. Immutable.
///
/// @param state whether it is served
/// @param name by which the mesh knows it
public record PodView(State state, WorkloadName name) {
    /// Whether a pod is served.
    public enum State {
        /// Not yet: something it needs could not be opened, and is tried again.
        PENDING,
        /// All its listeners are open.
        UP
    }
}
