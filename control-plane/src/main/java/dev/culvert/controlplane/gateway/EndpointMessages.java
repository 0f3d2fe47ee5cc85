package dev.culvert.controlplane.gateway;

import dev.culvert.api.SpiffeId;
import dev.culvert.api.waypoint.Endpoint;
import dev.culvert.api.waypoint.WorkloadInfo;
import dev.culvert.api.workload.Port;
import dev.culvert.api.workload.PortList;
import dev.culvert.api.workload.TunnelProtocol;
import dev.culvert.api.workload.Workload;
import dev.culvert.api.workload.WorkloadStatus;
import java.util.Map;

/// Makes endpoints of workloads. Pure.
public final class EndpointMessages {
    private static final String DEFAULT_ACCOUNT = "default";

    private final String trustDomain;

    public EndpointMessages(String trustDomain) {
        this.trustDomain = trustDomain;
    }

    /// The workload as an endpoint of `service`.
    ///
    /// @param anyHealth whether the service takes endpoints that are not ready
    Endpoint of(MeshWorkload workload, String service, boolean anyHealth) {
        Endpoint.Builder built = base(workload, anyHealth);
        PortList ports = workload.message().getServicesMap().getOrDefault(service, PortList.getDefaultInstance());
        for (Port port : ports.getPortsList()) {
            built.putPorts(port.getServicePort(), port.getTargetPort());
        }
        return built.build();
    }

    /// The workload as what its own address leads to.
    public Endpoint of(MeshWorkload workload) {
        return base(workload, false).build();
    }

    private Endpoint.Builder base(MeshWorkload workload, boolean anyHealth) {
        Workload message = workload.message();
        Endpoint.Builder built = Endpoint.newBuilder()
                .setUid(message.getUid())
                .addAllAddresses(message.getAddressesList())
                .setHostname(message.getHostname())
                .setHealthy(anyHealth || message.getStatus() == WorkloadStatus.HEALTHY)
                .setHbone(message.getTunnelProtocol() == TunnelProtocol.HBONE)
                .setNetwork(message.getNetwork())
                .setRegion(message.getLocality().getRegion())
                .setZone(message.getLocality().getZone())
                .setSubzone(message.getLocality().getSubzone())
                .setNode(message.getNode())
                .setWeight(message.hasCapacity() ? message.getCapacity().getValue() : 1)
                .putAllLabels(workload.labels())
                .setInfo(info(message, workload.labels()));
        if (built.getHbone()) {
            String account = message.getServiceAccount();
            built.setIdentity(
                    new SpiffeId(trustDomain, message.getNamespace(), account.isEmpty() ? DEFAULT_ACCOUNT : account)
                            .toString());
        }
        return built;
    }

    private static WorkloadInfo info(Workload message, Map<String, String> labels) {
        return WorkloadInfo.newBuilder()
                .setName(message.getWorkloadName())
                .setNamespace(message.getNamespace())
                .setApp(labels.getOrDefault("app", ""))
                .setVersion(labels.getOrDefault("version", ""))
                .setCanonicalService(message.getCanonicalName())
                .setCanonicalRevision(message.getCanonicalRevision())
                .setCluster(message.getClusterId())
                .setType(type(message))
                .setInstance(message.getName())
                .build();
    }

    private static String type(Workload message) {
        return switch (message.getWorkloadType()) {
            case DEPLOYMENT -> "deployment";
            case CRONJOB -> "cronjob";
            case JOB -> "job";
            default -> "pod";
        };
    }
}
