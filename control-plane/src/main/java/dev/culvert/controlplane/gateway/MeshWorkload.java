package dev.culvert.controlplane.gateway;

import dev.culvert.api.workload.Workload;
import java.util.Map;

/// A workload of the mesh: what node proxies know of it, and what only a waypoint asks. Immutable.
///
/// @param labels  by which subsets choose
/// @param binding its own waypoints, for what is sent to its address
public record MeshWorkload(Workload message, Map<String, String> labels, Binding binding) {
    public MeshWorkload {
        labels = Map.copyOf(labels);
    }
}
