package dev.culvert.mesh.model;

/// A workload's part in one service: its own port mappings there, and its health.
///
/// Immutable.
public record Endpoint(WorkloadUid workload, PortMap ports, Health health) {}
