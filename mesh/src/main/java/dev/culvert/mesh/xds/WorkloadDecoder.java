package dev.culvert.mesh.xds;

import dev.culvert.api.workload.PortList;
import dev.culvert.mesh.model.ApplicationTunnel;
import dev.culvert.mesh.model.Health;
import dev.culvert.mesh.model.Locality;
import dev.culvert.mesh.model.NamespacedHostname;
import dev.culvert.mesh.model.NetworkMode;
import dev.culvert.mesh.model.PolicyKey;
import dev.culvert.mesh.model.PortMap;
import dev.culvert.mesh.model.TunnelProtocol;
import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.model.WorkloadBuilder;
import dev.culvert.mesh.model.WorkloadOrigin;
import dev.culvert.mesh.model.WorkloadType;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Turns a workload message into a [Workload], with the defaults of the wire format.
///
/// Confined to the thread that decodes. A number that an enum does not know rejects the workload, but for its
/// type, which only telemetry shows.
final class WorkloadDecoder {
    private final Interner<String> texts = new Interner<>();
    private final Interner<Locality> localities = new Interner<>();
    private final Interner<WorkloadOrigin> origins = new Interner<>();
    private final Interner<NamespacedHostname> services = new Interner<>();
    private final Interner<PortMap> ports = new Interner<>();

    Workload decode(dev.culvert.api.workload.Workload message) throws Rejected {
        WorkloadBuilder workload = Workload.withUid(message.getUid())
                .id(
                        texts.of(message.getNamespace()),
                        message.getName(),
                        text(message.getServiceAccount(), Workload.DEFAULT_SERVICE_ACCOUNT))
                .trustDomain(text(message.getTrustDomain(), Workload.DEFAULT_TRUST_DOMAIN))
                .hostname(message.getHostname())
                .network(texts.of(message.getNetwork()))
                .networkMode(networkMode(message))
                .protocol(protocol(message))
                .nativeTunnel(message.getNativeTunnel())
                .applicationTunnel(applicationTunnel(message))
                .waypoint(AddressDecoder.gateway("waypoint", message.hasWaypoint(), message.getWaypoint()))
                .networkGateway(AddressDecoder.gateway(
                        "network gateway", message.hasNetworkGateway(), message.getNetworkGateway()))
                .node(texts.of(message.getNode()))
                .clusterId(text(message.getClusterId(), Workload.DEFAULT_CLUSTER))
                .locality(locality(message.getLocality()))
                .origin(origin(message))
                .health(health(message));
        if (message.hasCapacity()) {
            workload.capacity(Integer.toUnsignedLong(message.getCapacity().getValue()));
        }
        for (var bytes : message.getAddressesList()) {
            workload.address(AddressDecoder.address("address", bytes));
        }
        message.getAuthorizationPoliciesList().forEach(key -> workload.policy(PolicyKey.parse(key)));
        for (Map.Entry<String, PortList> entry : message.getServicesMap().entrySet()) {
            workload.service(
                    services.of(NamespacedHostname.parse(entry.getKey())),
                    ports.of(AddressDecoder.ports(entry.getValue().getPortsList())));
        }
        return workload.build();
    }

    private String text(String value, String whenEmpty) {
        return value.isEmpty() ? whenEmpty : texts.of(value);
    }

    private Locality locality(dev.culvert.api.workload.Locality message) {
        Locality locality = new Locality(message.getRegion(), message.getZone(), message.getSubzone());
        return locality.equals(Locality.NONE) ? Locality.NONE : localities.of(locality);
    }

    private WorkloadOrigin origin(dev.culvert.api.workload.Workload message) {
        WorkloadType type = switch (message.getWorkloadType()) {
            case DEPLOYMENT, UNRECOGNIZED -> WorkloadType.DEPLOYMENT;
            case CRONJOB -> WorkloadType.CRONJOB;
            case POD -> WorkloadType.POD;
            case JOB -> WorkloadType.JOB;
        };
        return origins.of(new WorkloadOrigin(
                message.getWorkloadName(), type, message.getCanonicalName(), message.getCanonicalRevision()));
    }

    private static TunnelProtocol protocol(dev.culvert.api.workload.Workload message) throws Rejected {
        return switch (message.getTunnelProtocol()) {
            case NONE -> TunnelProtocol.TCP;
            case HBONE -> TunnelProtocol.HBONE;
            case LEGACY_ISTIO_MTLS -> throw new Rejected("tunnel protocol LEGACY_ISTIO_MTLS is not supported");
            case UNRECOGNIZED -> throw unknown("tunnel protocol", message.getTunnelProtocolValue());
        };
    }

    private static NetworkMode networkMode(dev.culvert.api.workload.Workload message) throws Rejected {
        return switch (message.getNetworkMode()) {
            case STANDARD -> NetworkMode.STANDARD;
            case HOST_NETWORK -> NetworkMode.HOST_NETWORK;
            case UNRECOGNIZED -> throw unknown("network mode", message.getNetworkModeValue());
        };
    }

    private static Health health(dev.culvert.api.workload.Workload message) throws Rejected {
        return switch (message.getStatus()) {
            case HEALTHY -> Health.HEALTHY;
            case UNHEALTHY -> Health.UNHEALTHY;
            case UNRECOGNIZED -> throw unknown("status", message.getStatusValue());
        };
    }

    private static @Nullable ApplicationTunnel applicationTunnel(dev.culvert.api.workload.Workload message)
            throws Rejected {
        if (!message.hasApplicationTunnel()) {
            return null;
        }
        var tunnel = message.getApplicationTunnel();
        ApplicationTunnel.Protocol protocol = switch (tunnel.getProtocol()) {
            case NONE -> ApplicationTunnel.Protocol.NONE;
            case PROXY -> ApplicationTunnel.Protocol.PROXY;
            case UNRECOGNIZED -> throw unknown("application tunnel protocol", tunnel.getProtocolValue());
        };
        return new ApplicationTunnel(protocol, tunnel.getPort());
    }

    static Rejected unknown(String field, int number) {
        return new Rejected(field + " is " + number + ", which is not known here");
    }
}
