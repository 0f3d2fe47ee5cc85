package dev.culvert.mesh.model;

/// The name that the control plane gives a workload; opaque but for [#isPod].
///
/// Immutable.
public record WorkloadUid(String value) implements Comparable<WorkloadUid> {
    public WorkloadUid {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("workload uid is empty; expected <cluster>/<group>/<kind>/<ns>/<name>");
        }
    }

    /// Whether this names a pod of Kubernetes, which is preferred where several workloads share an address.
    public boolean isPod() {
        return value.contains("//Pod/");
    }

    @Override
    public int compareTo(WorkloadUid other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
