package dev.culvert.mesh.model;

import dev.culvert.api.SpiffeId;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Something that runs and can be dialled: a pod, a machine, a gateway of another network.
///
/// Immutable. Absent text is the empty string.
///
/// @param hostname name to resolve when there are no addresses
/// @param nativeTunnel whether the application itself speaks HBONE
/// @param policies keys of the policies that select it
/// @param services its port mappings in each service that it is an endpoint of
/// @param capacity its weight among the endpoints of a service; never chosen when 0
public record Workload(
        WorkloadUid uid,
        WorkloadName id,
        String trustDomain,
        List<InetAddress> addresses,
        String hostname,
        String network,
        NetworkMode networkMode,
        TunnelProtocol protocol,
        boolean nativeTunnel,
        @Nullable ApplicationTunnel applicationTunnel,
        @Nullable GatewayReference waypoint,
        @Nullable GatewayReference networkGateway,
        String node,
        String clusterId,
        Locality locality,
        WorkloadOrigin origin,
        List<PolicyKey> policies,
        Map<NamespacedHostname, PortMap> services,
        Health health,
        long capacity) {
    /// Trust domain of a workload that names none.
    public static final String DEFAULT_TRUST_DOMAIN = "cluster.local";
    /// Service account of a workload that names none.
    public static final String DEFAULT_SERVICE_ACCOUNT = "default";
    /// Cluster of a workload that names none.
    public static final String DEFAULT_CLUSTER = "Kubernetes";

    public Workload {
        addresses = List.copyOf(addresses);
        policies = List.copyOf(policies);
        services = Map.copyOf(services);
    }

    /// A workload with nothing but its uid, to be filled in.
    public static WorkloadBuilder withUid(String uid) {
        return new WorkloadBuilder(new WorkloadUid(uid));
    }

    public String name() {
        return id.name();
    }

    public String namespace() {
        return id.namespace();
    }

    public String serviceAccount() {
        return id.serviceAccount();
    }

    /// Who it proves to be; null when its names make no legal identity, so that it can prove nothing.
    public @Nullable SpiffeId identity() {
        return SpiffeId.tryParse("spiffe://" + trustDomain + "/ns/" + namespace() + "/sa/" + serviceAccount());
    }

    public boolean isHbone() {
        return protocol == TunnelProtocol.HBONE;
    }

    /// Whether it is reached at `address`.
    public boolean hasAddress(InetAddress address) {
        return addresses.contains(address);
    }
}
