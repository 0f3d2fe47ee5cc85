package dev.culvert.controlplane.workload;

import dev.culvert.api.MeshLabels;
import dev.culvert.api.workload.IPFamilies;
import dev.culvert.api.workload.LoadBalancing;
import dev.culvert.api.workload.LoadBalancing.HealthPolicy;
import dev.culvert.api.workload.LoadBalancing.Mode;
import dev.culvert.api.workload.LoadBalancing.Scope;
import dev.culvert.api.workload.NetworkAddress;
import dev.culvert.api.workload.Port;
import dev.culvert.controlplane.policy.CidrBlock;
import dev.culvert.kube.resource.Namespace;
import dev.culvert.kube.resource.ObjectMeta;
import dev.culvert.kube.resource.Service;
import dev.culvert.kube.resource.ServiceEntry;
import dev.culvert.kube.resource.ServiceEntry.Resolution;
import dev.culvert.kube.resource.TargetPort;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes the Service message of a Kubernetes service, and of each host of a ServiceEntry. Pure.
public final class ServiceBuilder {
    private static final List<Scope> PREFER_ZONE = List.of(Scope.NETWORK, Scope.REGION, Scope.ZONE);
    private static final List<Scope> PREFER_NODE =
            List.of(Scope.NETWORK, Scope.REGION, Scope.ZONE, Scope.SUBZONE, Scope.NODE);

    private final String network;
    private final String domain;

    /// @param network of this cluster; empty when it has no name
    /// @param domain  the end of service names, as in `cluster.local`
    public ServiceBuilder(String network, String domain) {
        this.network = network;
        this.domain = domain;
    }

    static String hostname(Service service, String domain) {
        return service.metadata().name() + "." + service.metadata().namespace() + ".svc." + domain;
    }

    /// Null for a service that is only an alias of another name.
    ///
    /// @param namespace where the service is; null when it is not known
    public dev.culvert.api.workload.@Nullable Service build(Service service, @Nullable Namespace namespace) {
        Service.Spec spec = service.spec();
        if (spec.type().equals("ExternalName")) {
            return null;
        }
        var built = dev.culvert.api.workload.Service.newBuilder()
                .setName(service.metadata().name())
                .setNamespace(service.metadata().namespace())
                .setHostname(hostname(service, domain))
                .setIpFamilies(families(spec.ipFamilies()))
                .setCanonical(true);
        spec.clusterIps().forEach(ip -> built.addAddresses(address(new CidrBlock(ip, ip.getAddress().length * 8))));
        for (Service.Port port : spec.ports()) {
            if (port.protocol().equals("TCP")) {
                built.addPorts(Port.newBuilder()
                        .setServicePort(port.port())
                        .setTargetPort(port.targetPort() instanceof TargetPort.Numbered number ? number.port() : 0)
                        .setAppProtocol(AppProtocols.of(port.appProtocol(), port.name())));
            }
        }
        LoadBalancing balancing = balancing(service, namespace);
        if (balancing != null) {
            built.setLoadBalancing(balancing);
        }
        return built.build();
    }

    /// The message of one host of an entry.
    ///
    /// @param canonical whether this is the mesh's first choice for the host
    public dev.culvert.api.workload.Service build(
            ServiceEntry entry, String host, boolean canonical, @Nullable Namespace namespace) {
        var built = dev.culvert.api.workload.Service.newBuilder()
                .setName(entry.metadata().name())
                .setNamespace(entry.metadata().namespace())
                .setHostname(host)
                .addAllSubjectAltNames(entry.subjectAltNames())
                .setCanonical(canonical);
        addresses(entry, host).forEach(block -> built.addAddresses(address(block)));
        for (ServiceEntry.Port port : entry.ports()) {
            if (!port.protocol().equalsIgnoreCase("UDP")) {
                built.addPorts(Port.newBuilder()
                        .setServicePort(port.number())
                        .setTargetPort(port.targetPort() == 0 ? port.number() : port.targetPort())
                        .setAppProtocol(AppProtocols.of(port.protocol(), port.name())));
            }
        }
        if (entry.resolution() == Resolution.NONE) {
            built.setLoadBalancing(
                    LoadBalancing.newBuilder().setMode(Mode.PASSTHROUGH).setHealthPolicy(HealthPolicy.ALLOW_ALL));
        } else {
            LoadBalancing balancing = preferring(distribution("", entry.metadata(), namespace));
            if (balancing != null) {
                built.setLoadBalancing(balancing);
            }
        }
        return built.build();
    }

    private static List<CidrBlock> addresses(ServiceEntry entry, String host) {
        List<CidrBlock> blocks = new ArrayList<>();
        boolean wildcard = host.startsWith("*");
        if (wildcard && entry.resolution() != Resolution.DYNAMIC_DNS) {
            return blocks;
        }
        for (String text : entry.addresses()) {
            CidrBlock block = CidrBlock.tryParse(text);
            if (block != null) {
                blocks.add(block);
            }
        }
        if (!blocks.isEmpty() || entry.resolution() == Resolution.NONE) {
            return blocks;
        }
        for (ServiceEntry.AutoAddress auto : entry.autoAddresses()) {
            CidrBlock block = CidrBlock.tryParse(auto.value());
            if (block != null && (auto.host().isEmpty() || auto.host().equals(host))) {
                blocks.add(block);
            }
        }
        return blocks;
    }

    private NetworkAddress address(CidrBlock block) {
        NetworkAddress.Builder address =
                NetworkAddress.newBuilder().setNetwork(network).setAddress(block.bytes());
        if (!block.single()) {
            address.setLength(block.length());
        }
        return address.build();
    }

    private static @Nullable LoadBalancing balancing(Service service, @Nullable Namespace namespace) {
        LoadBalancing base;
        if (service.spec().internalTrafficPolicy().equals("Local")) {
            base = LoadBalancing.newBuilder()
                    .setMode(Mode.STRICT)
                    .addRoutingPreference(Scope.NODE)
                    .build();
        } else {
            base = preferring(distribution(service.spec().trafficDistribution(), service.metadata(), namespace));
        }
        if (!service.spec().publishNotReadyAddresses()) {
            return base;
        }
        LoadBalancing.Builder all = base == null ? LoadBalancing.newBuilder() : base.toBuilder();
        return all.setHealthPolicy(HealthPolicy.ALLOW_ALL).build();
    }

    private static String distribution(String field, ObjectMeta metadata, @Nullable Namespace namespace) {
        if (!field.isEmpty()) {
            return field;
        }
        String own = metadata.annotation(MeshLabels.TRAFFIC_DISTRIBUTION);
        String inherited = namespace == null ? null : namespace.metadata().annotation(MeshLabels.TRAFFIC_DISTRIBUTION);
        return own != null ? own : inherited != null ? inherited : "";
    }

    private static @Nullable LoadBalancing preferring(String distribution) {
        List<Scope> preference = switch (distribution) {
            case "PreferClose", "PreferSameZone" -> PREFER_ZONE;
            case "PreferSameNode" -> PREFER_NODE;
            default -> List.of();
        };
        return preference.isEmpty()
                ? null
                : LoadBalancing.newBuilder()
                        .setMode(Mode.FAILOVER)
                        .addAllRoutingPreference(preference)
                        .build();
    }

    private static IPFamilies families(List<String> families) {
        if (families.size() >= 2) {
            return IPFamilies.DUAL;
        }
        return switch (families.isEmpty() ? "" : families.getFirst()) {
            case "IPv4" -> IPFamilies.IPV4_ONLY;
            case "IPv6" -> IPFamilies.IPV6_ONLY;
            default -> IPFamilies.AUTOMATIC;
        };
    }
}
