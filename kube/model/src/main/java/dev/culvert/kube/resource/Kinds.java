package dev.culvert.kube.resource;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The kinds of resource that the mesh reads. Immutable; a new kind is one more line here.
public final class Kinds {
    private static final List<String> V1 = List.of("v1");
    private static final String SECURITY = "security.istio.io";
    private static final List<String> SECURITY_VERSIONS = List.of("v1", "v1beta1");
    private static final String NETWORKING = "networking.istio.io";
    private static final List<String> NETWORKING_VERSIONS = List.of("v1", "v1beta1", "v1alpha3");

    public static final Kind<Namespace> NAMESPACE =
            Kind.clusterWide("", V1, "Namespace", "namespaces", (metadata, _) -> new Namespace(metadata));
    public static final Kind<Node> NODE =
            Kind.clusterWide("", V1, "Node", "nodes", (metadata, _) -> new Node(metadata));
    public static final Kind<Pod> POD = Kind.namespaced("", V1, "Pod", "pods", PodDecoder::decode);
    public static final Kind<Service> SERVICE = Kind.namespaced("", V1, "Service", "services", ServiceDecoder::decode);
    public static final Kind<ConfigMap> CONFIG_MAP = Kind.namespaced(
            "", V1, "ConfigMap", "configmaps", (metadata, fields) -> new ConfigMap(metadata, fields.textMap("data")));
    public static final Kind<EndpointSlice> ENDPOINT_SLICE =
            Kind.namespaced("discovery.k8s.io", V1, "EndpointSlice", "endpointslices", EndpointSliceDecoder::decode);
    public static final Kind<PeerAuthentication> PEER_AUTHENTICATION = Kind.namespaced(
            SECURITY,
            SECURITY_VERSIONS,
            "PeerAuthentication",
            "peerauthentications",
            PeerAuthenticationDecoder::decode);
    public static final Kind<AuthorizationPolicy> AUTHORIZATION_POLICY = Kind.namespaced(
            SECURITY,
            SECURITY_VERSIONS,
            "AuthorizationPolicy",
            "authorizationpolicies",
            AuthorizationPolicyDecoder::decode);
    public static final Kind<WorkloadEntry> WORKLOAD_ENTRY = Kind.namespaced(
            NETWORKING, NETWORKING_VERSIONS, "WorkloadEntry", "workloadentries", WorkloadEntryDecoder::decode);
    public static final Kind<ServiceEntry> SERVICE_ENTRY = Kind.namespaced(
            NETWORKING, NETWORKING_VERSIONS, "ServiceEntry", "serviceentries", ServiceEntryDecoder::decode);

    public static final List<Kind<?>> ALL = List.of(
            NAMESPACE,
            NODE,
            POD,
            SERVICE,
            CONFIG_MAP,
            ENDPOINT_SLICE,
            PEER_AUTHENTICATION,
            AUTHORIZATION_POLICY,
            WORKLOAD_ENTRY,
            SERVICE_ENTRY);

    private Kinds() {}

    /// The kind that a document's `apiVersion` and `kind` name, or null when we do not read it.
    public static @Nullable Kind<?> find(String apiVersion, String name) {
        int slash = apiVersion.indexOf('/');
        String group = slash < 0 ? "" : apiVersion.substring(0, slash);
        String version = apiVersion.substring(slash + 1);
        for (Kind<?> kind : ALL) {
            if (kind.name().equals(name)
                    && kind.group().equals(group)
                    && kind.versions().contains(version)) {
                return kind;
            }
        }
        return null;
    }
}
