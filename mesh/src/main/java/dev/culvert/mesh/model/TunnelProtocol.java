package dev.culvert.mesh.model;

/// How a workload is reached.
public enum TunnelProtocol {
    /// Plainly: it is not in the mesh.
    TCP,
    /// Through a tunnel to port 15008 of its own address.
    HBONE
}
