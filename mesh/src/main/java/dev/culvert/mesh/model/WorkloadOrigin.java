package dev.culvert.mesh.model;

/// What telemetry calls a workload: the controller it belongs to, and its canonical service.
///
/// Immutable. Shared by all workloads of one controller.
public record WorkloadOrigin(
        String workloadName, WorkloadType workloadType, String canonicalName, String canonicalRevision) {
    /// Nothing known.
    public static final WorkloadOrigin UNKNOWN = new WorkloadOrigin("", WorkloadType.DEPLOYMENT, "", "");
}
