package dev.culvert.mesh.model;

/// What a node knows of its own pods before the control plane tells more: namespace, name and service account.
///
/// Immutable. It finds the workload record of a captured pod, among those of this node only.
public record WorkloadName(String namespace, String name, String serviceAccount) {
    @Override
    public String toString() {
        return namespace + "/" + name + "/" + serviceAccount;
    }
}
