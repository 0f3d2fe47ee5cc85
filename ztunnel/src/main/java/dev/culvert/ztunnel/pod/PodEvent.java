package dev.culvert.ztunnel.pod;

import dev.culvert.linux.Netns;
import dev.culvert.mesh.model.WorkloadName;

/// One thing that a pod source says, to be answered exactly once.
///
/// The order is: any number of [Add] and [Keep], then [SnapshotSent], from then on only [Add] and [Del]. Immutable,
/// but for the namespace that an [Add] gives away.
public sealed interface PodEvent {
    /// This pod is in the mesh; serve it.
    ///
    /// @param uid the pod's UID in Kubernetes
    /// @param name by which the mesh knows it
    /// @param netns its network namespace; whoever takes the event owns it, and closes it
    record Add(String uid, WorkloadName name, Netns netns) implements PodEvent {}

    /// This pod is in the mesh, and its namespace is not known: go on as you were.
    record Keep(String uid) implements PodEvent {}

    /// This pod is gone, or left the mesh.
    record Del(String uid) implements PodEvent {}

    /// Whatever was not named since the source connected is gone.
    record SnapshotSent() implements PodEvent {}
}
