package dev.culvert.mesh.model;

/// The kind of controller that a workload belongs to; for telemetry.
public enum WorkloadType {
    DEPLOYMENT,
    CRONJOB,
    POD,
    JOB
}
