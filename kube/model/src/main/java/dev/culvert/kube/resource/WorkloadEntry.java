package dev.culvert.kube.resource;

import java.util.List;
import java.util.Map;

/// A workload that is no pod, such as a virtual machine (networking.istio.io). Immutable.
public record WorkloadEntry(ObjectMeta metadata, Endpoint endpoint, List<Condition> conditions) implements Resource {
    public WorkloadEntry {
        conditions = List.copyOf(conditions);
    }

    /// The description that a WorkloadEntry and an endpoint written inside a ServiceEntry share.
    ///
    /// @param address        an IP address, a host name, or `unix://` path; empty when a gateway stands for
    ///     it
    /// @param ports          by port name of the service
    /// @param network        empty for the cluster's own
    /// @param locality       `region/zone/subzone`; empty when unknown
    /// @param weight         0 when the manifest has none
    /// @param serviceAccount empty when the manifest has none
    public record Endpoint(
            String address,
            Map<String, Integer> ports,
            Map<String, String> labels,
            String network,
            String locality,
            int weight,
            String serviceAccount) {
        public Endpoint {
            ports = Map.copyOf(ports);
            labels = Map.copyOf(labels);
        }
    }
}
