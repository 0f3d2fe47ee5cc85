package dev.culvert.ztunnel.connection;

import dev.culvert.mesh.model.WorkloadName;

/// The pod on whose behalf a listener runs, as the node agent names it. Immutable.
///
/// Identity is decided by this, which comes with the pod's namespace, and never by an address.
///
/// @param uid the pod's uid at the node agent
/// @param workload namespace, name and service account, by which the mesh knows it
public record PodIdentity(String uid, WorkloadName workload) {
    @Override
    public String toString() {
        return workload.namespace() + "/" + workload.name();
    }
}
