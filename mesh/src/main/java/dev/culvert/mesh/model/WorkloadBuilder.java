package dev.culvert.mesh.model;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Gathers the parts of a [Workload]; what is not said has the wire format's default.
///
/// Confined to the thread that fills it.
public final class WorkloadBuilder {
    private final WorkloadUid uid;
    private final List<InetAddress> addresses = new ArrayList<>(2);
    private final List<PolicyKey> policies = new ArrayList<>(2);
    private final Map<NamespacedHostname, PortMap> services = new HashMap<>();
    private WorkloadName id = new WorkloadName("", "", Workload.DEFAULT_SERVICE_ACCOUNT);
    private String trustDomain = Workload.DEFAULT_TRUST_DOMAIN;
    private String hostname = "";
    private String network = "";
    private NetworkMode networkMode = NetworkMode.STANDARD;
    private TunnelProtocol protocol = TunnelProtocol.TCP;
    private boolean nativeTunnel;
    private @Nullable ApplicationTunnel applicationTunnel;
    private @Nullable GatewayReference waypoint;
    private @Nullable GatewayReference networkGateway;
    private String node = "";
    private String clusterId = Workload.DEFAULT_CLUSTER;
    private Locality locality = Locality.NONE;
    private WorkloadOrigin origin = WorkloadOrigin.UNKNOWN;
    private Health health = Health.HEALTHY;
    private long capacity = 1;

    WorkloadBuilder(WorkloadUid uid) {
        this.uid = uid;
    }

    /// Namespace, name and service account.
    @CanIgnoreReturnValue
    public WorkloadBuilder id(String namespace, String name, String serviceAccount) {
        id = new WorkloadName(namespace, name, serviceAccount);
        return this;
    }

    @CanIgnoreReturnValue
    public WorkloadBuilder trustDomain(String value) {
        trustDomain = value;
        return this;
    }

    @CanIgnoreReturnValue
    public WorkloadBuilder address(InetAddress value) {
        addresses.add(value);
        return this;
    }

    @CanIgnoreReturnValue
    public WorkloadBuilder hostname(String value) {
        hostname = value;
        return this;
    }

    @CanIgnoreReturnValue
    public WorkloadBuilder network(String value) {
        network = value;
        return this;
    }

    @CanIgnoreReturnValue
    public WorkloadBuilder networkMode(NetworkMode value) {
        networkMode = value;
        return this;
    }

    @CanIgnoreReturnValue
    public WorkloadBuilder protocol(TunnelProtocol value) {
        protocol = value;
        return this;
    }

    @CanIgnoreReturnValue
    public WorkloadBuilder nativeTunnel(boolean value) {
        nativeTunnel = value;
        return this;
    }

    @CanIgnoreReturnValue
    public WorkloadBuilder applicationTunnel(@Nullable ApplicationTunnel value) {
        applicationTunnel = value;
        return this;
    }

    @CanIgnoreReturnValue
    public WorkloadBuilder waypoint(@Nullable GatewayReference value) {
        waypoint = value;
        return this;
    }

    @CanIgnoreReturnValue
    public WorkloadBuilder networkGateway(@Nullable GatewayReference value) {
        networkGateway = value;
        return this;
    }

    @CanIgnoreReturnValue
    public WorkloadBuilder node(String value) {
        node = value;
        return this;
    }

    @CanIgnoreReturnValue
    public WorkloadBuilder clusterId(String value) {
        clusterId = value;
        return this;
    }

    @CanIgnoreReturnValue
    public WorkloadBuilder locality(Locality value) {
        locality = value;
        return this;
    }

    @CanIgnoreReturnValue
    public WorkloadBuilder origin(WorkloadOrigin value) {
        origin = value;
        return this;
    }

    @CanIgnoreReturnValue
    public WorkloadBuilder policy(PolicyKey value) {
        policies.add(value);
        return this;
    }

    /// Makes it an endpoint of `service`, with its own port mappings there.
    @CanIgnoreReturnValue
    public WorkloadBuilder service(NamespacedHostname service, PortMap ports) {
        services.put(service, ports);
        return this;
    }

    @CanIgnoreReturnValue
    public WorkloadBuilder health(Health value) {
        health = value;
        return this;
    }

    @CanIgnoreReturnValue
    public WorkloadBuilder capacity(long value) {
        capacity = value;
        return this;
    }

    public Workload build() {
        return new Workload(
                uid,
                id,
                trustDomain,
                addresses,
                hostname,
                network,
                networkMode,
                protocol,
                nativeTunnel,
                applicationTunnel,
                waypoint,
                networkGateway,
                node,
                clusterId,
                locality,
                origin,
                policies,
                services,
                health,
                capacity);
    }
}
