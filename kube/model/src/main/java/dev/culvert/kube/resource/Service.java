package dev.culvert.kube.resource;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;

/// A Kubernetes service. Immutable.
public record Service(ObjectMeta metadata, Spec spec, List<Condition> conditions) implements Resource {
    public Service {
        conditions = List.copyOf(conditions);
    }

    /// What was asked for.
    ///
    /// @param type                  `ClusterIP` when the manifest has none
    /// @param selector              empty when the endpoints are listed by hand in EndpointSlices
    /// @param clusterIps            empty for a headless service
    /// @param ipFamilies            `IPv4`, `IPv6` as written; empty when the manifest has none
    /// @param internalTrafficPolicy `Cluster` when the manifest has none
    /// @param trafficDistribution   empty when the manifest has none
    public record Spec(
            String type,
            Map<String, String> selector,
            List<InetAddress> clusterIps,
            List<Port> ports,
            List<String> ipFamilies,
            String internalTrafficPolicy,
            String trafficDistribution,
            boolean publishNotReadyAddresses) {
        public Spec {
            selector = Map.copyOf(selector);
            clusterIps = List.copyOf(clusterIps);
            ports = List.copyOf(ports);
            ipFamilies = List.copyOf(ipFamilies);
        }
    }

    /// One port of the service.
    ///
    /// @param name        empty when it has none
    /// @param protocol    `TCP`, `UDP` or `SCTP`
    /// @param appProtocol empty when the manifest has none
    public record Port(String name, String protocol, int port, TargetPort targetPort, String appProtocol) {}
}
