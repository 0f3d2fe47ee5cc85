package dev.culvert.controlplane.gateway;

import dev.culvert.api.workload.Workload;
import dev.culvert.kube.resource.ResourceKey;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A workload of the mesh: what node proxies know of it, and what only a waypoint asks. Immutable.
///
/// @param labels  by which subsets choose
/// @param binding  its own waypoints, for what is sent to its address
/// @param admitted the waypoints that it admits alone; null when it is open
public record MeshWorkload(
        Workload message,
        Map<String, String> labels,
        Binding binding,
        @Nullable Set<ResourceKey> admitted) {
    public MeshWorkload {
        labels = Map.copyOf(labels);
        admitted = admitted == null ? null : Set.copyOf(admitted);
    }
}
