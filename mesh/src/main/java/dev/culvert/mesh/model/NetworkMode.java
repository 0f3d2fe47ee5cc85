package dev.culvert.mesh.model;

/// Whether a workload has its address for itself.
public enum NetworkMode {
    STANDARD,
    /// It shares its node's address, which therefore does not name it.
    HOST_NETWORK
}
