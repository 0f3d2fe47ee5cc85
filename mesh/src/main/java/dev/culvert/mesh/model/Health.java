package dev.culvert.mesh.model;

/// Whether a workload says that it is ready to serve.
public enum Health {
    HEALTHY,
    UNHEALTHY
}
