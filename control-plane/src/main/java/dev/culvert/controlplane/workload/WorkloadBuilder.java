package dev.culvert.controlplane.workload;

import com.google.protobuf.ByteString;
import com.google.protobuf.UInt32Value;
import dev.culvert.api.MeshLabels;
import dev.culvert.api.workload.Locality;
import dev.culvert.api.workload.NetworkMode;
import dev.culvert.api.workload.Port;
import dev.culvert.api.workload.PortList;
import dev.culvert.api.workload.TunnelProtocol;
import dev.culvert.api.workload.Workload;
import dev.culvert.api.workload.WorkloadStatus;
import dev.culvert.api.workload.WorkloadType;
import dev.culvert.controlplane.config.MeshConfig;
import dev.culvert.kube.resource.EndpointSlice;
import dev.culvert.kube.resource.Node;
import dev.culvert.kube.resource.Pod;
import dev.culvert.kube.resource.ServiceEntry;
import dev.culvert.kube.resource.TargetPort;
import dev.culvert.kube.resource.WorkloadEntry;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Makes the Workload message of a pod, a WorkloadEntry, an endpoint inside a ServiceEntry, and an endpoint
/// of a slice that is no pod. Pure.
public final class WorkloadBuilder {
    private static final String SLICE_UID = "/discovery.k8s.io/EndpointSlice/";

    private final String clusterId;
    private final String network;
    private final MeshConfig mesh;

    public WorkloadBuilder(String clusterId, String network, MeshConfig mesh) {
        this.clusterId = clusterId;
        this.network = network;
        this.mesh = mesh;
    }

    /// The uid of a pod.
    public static String podUid(String clusterId, Pod pod) {
        return clusterId + "//Pod/" + pod.metadata().namespace() + "/"
                + pod.metadata().name();
    }

    /// Null for a pod that has ended or has no address yet.
    ///
    /// @param node     where it runs; null when it is not known
    /// @param services that select it
    /// @param policies that select it, in the order of the wire contract
    public @Nullable Workload ofPod(Pod pod, @Nullable Node node, List<ServiceTarget> services, List<String> policies) {
        if (pod.terminal() || pod.status().podIps().isEmpty()) {
            return null;
        }
        Map<String, String> labels = pod.metadata().labels();
        String workloadName = WorkloadNames.ofPod(pod.metadata());
        boolean captured = "enabled".equals(pod.metadata().annotation(MeshLabels.REDIRECTION));
        Workload.Builder built = base(labels, workloadName, policies)
                .setUid(podUid(clusterId, pod))
                .setName(pod.metadata().name())
                .setNamespace(pod.metadata().namespace())
                .setNetwork(network)
                .setServiceAccount(pod.spec().serviceAccountName())
                .setNode(pod.spec().nodeName())
                .setStatus(health(pod.ready() && !pod.terminating()))
                .setNetworkMode(pod.spec().hostNetwork() ? NetworkMode.HOST_NETWORK : NetworkMode.STANDARD);
        if (captured || built.getNativeTunnel()) {
            built.setTunnelProtocol(TunnelProtocol.HBONE);
        }
        pod.status().podIps().forEach(ip -> built.addAddresses(bytes(ip)));
        if (node != null) {
            setLocality(built, localityOf(node));
        }
        services.forEach(service -> built.putServices(service.resourceName(), podPorts(service, pod)));
        return built.build();
    }

    /// The workload that an entry describes.
    public Workload ofEntry(WorkloadEntry entry, List<ServiceTarget> services, List<String> policies) {
        String uid = clusterId + "/networking.istio.io/WorkloadEntry/" + entry.key();
        return ofEndpoint(
                        entry.endpoint(),
                        entry.metadata().name(),
                        entry.endpoint().labels(),
                        services,
                        policies)
                .setUid(uid)
                .setName(entry.metadata().name())
                .setNamespace(entry.metadata().namespace())
                .build();
    }

    /// The workload that an endpoint written inside `entry` describes.
    public Workload ofInline(
            ServiceEntry entry, WorkloadEntry.Endpoint endpoint, List<ServiceTarget> services, List<String> policies) {
        String uid = clusterId + "/networking.istio.io/ServiceEntry/" + entry.key() + "/" + endpoint.address();
        return ofEndpoint(endpoint, entry.metadata().name(), entry.metadata().labels(), services, policies)
                .setUid(uid)
                .setName(entry.metadata().name())
                .setNamespace(entry.metadata().namespace())
                .build();
    }

    /// The workload behind an address of a slice where no pod stands.
    ///
    /// @param service whose slice it is
    public Workload ofSlice(
            EndpointSlice slice, EndpointSlice.Endpoint endpoint, InetAddress ip, ServiceTarget service) {
        PortList.Builder ports = PortList.newBuilder();
        for (ServiceTarget.Port port : service.ports()) {
            for (EndpointSlice.Port own : slice.ports()) {
                if (own.name().equals(port.name()) && own.protocol().equals("TCP") && own.port() != 0) {
                    ports.addPorts(
                            Port.newBuilder().setServicePort(port.number()).setTargetPort(own.port()));
                }
            }
        }
        return Workload.newBuilder()
                .setUid(clusterId + SLICE_UID + slice.key() + "/" + ip.getHostAddress())
                .setName(slice.metadata().name())
                .setNamespace(slice.metadata().namespace())
                .setNetwork(network)
                .setClusterId(clusterId)
                .setTrustDomain(mesh.trustDomainOnWire())
                .addAddresses(bytes(ip))
                .setNetworkMode(NetworkMode.HOST_NETWORK)
                .setStatus(health(endpoint.ready()))
                .putServices(service.resourceName(), ports.build())
                .build();
    }

    private Workload.Builder ofEndpoint(
            WorkloadEntry.Endpoint endpoint,
            String workloadName,
            Map<String, String> labels,
            List<ServiceTarget> services,
            List<String> policies) {
        Workload.Builder built = base(labels, workloadName, policies)
                .setNetwork(endpoint.network().isEmpty() ? network : endpoint.network())
                .setServiceAccount(endpoint.serviceAccount())
                .setStatus(WorkloadStatus.HEALTHY);
        InetAddress ip = tryAddress(endpoint.address());
        if (ip == null) {
            built.setHostname(endpoint.address());
        } else {
            built.addAddresses(bytes(ip));
        }
        if (built.getNativeTunnel()) {
            built.setTunnelProtocol(TunnelProtocol.HBONE);
        }
        if (endpoint.weight() > 0) {
            built.setCapacity(UInt32Value.of(endpoint.weight()));
        }
        setLocality(built, localityOf(endpoint.locality()));
        services.forEach(service -> built.putServices(service.resourceName(), endpointPorts(service, endpoint)));
        return built;
    }

    /// What all but opaque endpoints have.
    private Workload.Builder base(Map<String, String> labels, String workloadName, List<String> policies) {
        String tunnel = labels.getOrDefault(MeshLabels.TUNNEL, "");
        boolean nativeTunnel =
                Arrays.stream(tunnel.split(",", -1)).map(String::strip).anyMatch("http"::equals);
        return Workload.newBuilder()
                .setClusterId(clusterId)
                .setTrustDomain(mesh.trustDomainOnWire())
                .setNativeTunnel(nativeTunnel)
                .setWorkloadName(workloadName)
                .setWorkloadType(WorkloadType.POD)
                .setCanonicalName(WorkloadNames.canonicalName(labels, workloadName))
                .setCanonicalRevision(WorkloadNames.canonicalRevision(labels))
                .addAllAuthorizationPolicies(policies);
    }

    private static PortList podPorts(ServiceTarget service, Pod pod) {
        PortList.Builder ports = PortList.newBuilder();
        for (ServiceTarget.Port port : service.ports()) {
            int target = switch (port.target()) {
                case TargetPort.Numbered(int number) -> number;
                case TargetPort.Named(String name) -> containerPort(pod, name);
            };
            if (target != 0) {
                ports.addPorts(Port.newBuilder().setServicePort(port.number()).setTargetPort(target));
            }
        }
        return ports.build();
    }

    /// 0 when no container that keeps running has a TCP port of this name.
    private static int containerPort(Pod pod, String name) {
        for (Pod.Container container : pod.spec().containers()) {
            for (Pod.Port port : container.ports()) {
                if (port.name().equals(name) && port.protocol().equals("TCP")) {
                    return port.containerPort();
                }
            }
        }
        for (Pod.Container container : pod.spec().initContainers()) {
            for (Pod.Port port : container.ports()) {
                if (container.restartable()
                        && port.name().equals(name)
                        && port.protocol().equals("TCP")) {
                    return port.containerPort();
                }
            }
        }
        return 0;
    }

    private static PortList endpointPorts(ServiceTarget service, WorkloadEntry.Endpoint endpoint) {
        PortList.Builder ports = PortList.newBuilder();
        for (ServiceTarget.Port port : service.ports()) {
            Integer own = endpoint.ports().get(port.ofEntry() ? port.name() : nameOf(port));
            int target = own != null ? own : port.target() instanceof TargetPort.Numbered number ? number.port() : 0;
            if (target != 0) {
                ports.addPorts(Port.newBuilder().setServicePort(port.number()).setTargetPort(target));
            }
        }
        return ports.build();
    }

    /// Under which name an endpoint of a Kubernetes service declares a port.
    private static String nameOf(ServiceTarget.Port port) {
        return port.target() instanceof TargetPort.Named named ? named.name() : port.name();
    }

    private static void setLocality(Workload.Builder built, Locality locality) {
        if (!locality.equals(Locality.getDefaultInstance())) {
            built.setLocality(locality);
        }
    }

    private static Locality localityOf(Node node) {
        Map<String, String> labels = node.metadata().labels();
        return Locality.newBuilder()
                .setRegion(labels.getOrDefault(MeshLabels.REGION, ""))
                .setZone(labels.getOrDefault(MeshLabels.ZONE, ""))
                .setSubzone(labels.getOrDefault(MeshLabels.SUBZONE, ""))
                .build();
    }

    private static Locality localityOf(String text) {
        String[] parts = text.split("/", 3);
        return Locality.newBuilder()
                .setRegion(parts[0])
                .setZone(parts.length > 1 ? parts[1] : "")
                .setSubzone(parts.length > 2 ? parts[2] : "")
                .build();
    }

    private static WorkloadStatus health(boolean healthy) {
        return healthy ? WorkloadStatus.HEALTHY : WorkloadStatus.UNHEALTHY;
    }

    private static ByteString bytes(InetAddress ip) {
        return ByteString.copyFrom(ip.getAddress());
    }

    /// The address that `text` spells, or null.
    public static @Nullable InetAddress tryAddress(String text) {
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException _) {
            return null;
        }
    }
}
