package dev.culvert.controlplane.gateway;

import dev.culvert.api.waypoint.Cluster;
import dev.culvert.api.waypoint.ClusterPort;
import dev.culvert.api.waypoint.LoadBalancer;
import dev.culvert.api.waypoint.LocalityPreference;
import dev.culvert.api.waypoint.Protocol;
import dev.culvert.api.waypoint.TrafficPolicy;
import dev.culvert.api.workload.AppProtocol;
import dev.culvert.api.workload.LoadBalancing;
import dev.culvert.api.workload.Port;
import dev.culvert.api.workload.Service;
import java.util.Comparator;
import java.util.List;

/// Makes the cluster of a service: its ports and endpoints. Pure.
public final class ClusterMessages {
    private final EndpointMessages endpoints;

    public ClusterMessages(EndpointMessages endpoints) {
        this.endpoints = endpoints;
    }

    /// The cluster of `service`.
    ///
    /// @param workloads behind the service, in any order
    public Cluster of(MeshService service, List<MeshWorkload> workloads) {
        Service message = service.message();
        Cluster.Builder built = Cluster.newBuilder()
                .setNamespace(message.getNamespace())
                .setHostname(message.getHostname())
                .setService(message.getName())
                .addAllSubjectAltNames(message.getSubjectAltNamesList())
                .setLocality(locality(message.getLoadBalancing()));
        for (Port port : message.getPortsList()) {
            built.addPorts(ClusterPort.newBuilder()
                    .setPort(port.getServicePort())
                    .setName(service.portName(port.getServicePort()))
                    .setProtocol(protocol(port.getAppProtocol())));
        }
        boolean anyHealth = message.getLoadBalancing().getHealthPolicy() == LoadBalancing.HealthPolicy.ALLOW_ALL;
        workloads.stream()
                .sorted(Comparator.comparing(workload -> workload.message().getUid()))
                .forEach(workload -> built.addEndpoints(endpoints.of(workload, service.name(), anyHealth)));
        if (message.getLoadBalancing().getMode() == LoadBalancing.Mode.PASSTHROUGH) {
            built.setPolicy(TrafficPolicy.newBuilder()
                    .setLoadBalancer(LoadBalancer.newBuilder().setAlgorithm(LoadBalancer.Algorithm.PASSTHROUGH)));
        }
        return built.build();
    }

    /// What a port speaks, as a waypoint treats it.
    static Protocol protocol(AppProtocol declared) {
        return switch (declared) {
            case HTTP11 -> Protocol.HTTP1;
            case HTTP2 -> Protocol.HTTP2;
            case GRPC -> Protocol.GRPC;
            case TCP -> Protocol.TCP;
            case TLS -> Protocol.TLS;
            case UNKNOWN, UNRECOGNIZED -> Protocol.SNIFF;
        };
    }

    private static LocalityPreference locality(LoadBalancing balancing) {
        LocalityPreference.Builder built = LocalityPreference.newBuilder();
        switch (balancing.getMode()) {
            case STRICT -> built.setMode(LocalityPreference.Mode.STRICT);
            case FAILOVER -> built.setMode(LocalityPreference.Mode.FAILOVER);
            default -> {
                return built.build();
            }
        }
        for (LoadBalancing.Scope scope : balancing.getRoutingPreferenceList()) {
            switch (scope) {
                case REGION -> built.addScopes(LocalityPreference.Scope.REGION);
                case ZONE -> built.addScopes(LocalityPreference.Scope.ZONE);
                case SUBZONE -> built.addScopes(LocalityPreference.Scope.SUBZONE);
                case NODE -> built.addScopes(LocalityPreference.Scope.NODE);
                case CLUSTER -> built.addScopes(LocalityPreference.Scope.CLUSTER);
                case NETWORK -> built.addScopes(LocalityPreference.Scope.NETWORK);
                case UNSPECIFIED_SCOPE, UNRECOGNIZED -> {}
            }
        }
        return built.build();
    }
}
