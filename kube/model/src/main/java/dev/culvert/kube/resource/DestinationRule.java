package dev.culvert.kube.resource;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How connections to the endpoints of a service are made and shared out (networking.istio.io). Immutable.
///
/// @param host             a service, as written: short names mean one of the rule's own namespace
/// @param exportTo         namespaces that see it, `.` for its own and `*` for all; empty for all
/// @param workloadSelector labels of the clients it is for; empty for all
public record DestinationRule(
        ObjectMeta metadata,
        String host,
        TrafficPolicy trafficPolicy,
        List<Subset> subsets,
        List<String> exportTo,
        Map<String, String> workloadSelector,
        List<Condition> conditions)
        implements Resource {
    public DestinationRule {
        subsets = List.copyOf(subsets);
        exportTo = List.copyOf(exportTo);
        workloadSelector = Map.copyOf(workloadSelector);
        conditions = List.copyOf(conditions);
    }

    /// Those endpoints whose workloads have all the `labels`.
    public record Subset(String name, Map<String, String> labels, TrafficPolicy trafficPolicy) {
        public Subset {
            labels = Map.copyOf(labels);
        }
    }

    /// The subset of this name, or null.
    public @Nullable Subset subset(String name) {
        return subsets.stream()
                .filter(subset -> subset.name.equals(name))
                .findFirst()
                .orElse(null);
    }

    /// What holds for a port of the service.
    public TrafficPolicy policy(int port) {
        return trafficPolicy.atPort(port);
    }

    /// What holds for a port of the service when traffic goes to `subset`.
    public TrafficPolicy policy(int port, Subset subset) {
        return policy(port).changedBy(subset.trafficPolicy, port);
    }
}
