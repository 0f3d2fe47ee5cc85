package dev.culvert.kube.resource;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The kinds of resource that the mesh reads. Immutable; a new kind is one more line here.
public final class Kinds {
    private static final List<String> V1 = List.of("v1");
    private static final String GATEWAY_API = "gateway.networking.k8s.io";
    private static final List<String> GATEWAY_API_VERSIONS = List.of("v1", "v1beta1");
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
    public static final Kind<RequestAuthentication> REQUEST_AUTHENTICATION = Kind.namespaced(
            SECURITY,
            SECURITY_VERSIONS,
            "RequestAuthentication",
            "requestauthentications",
            RequestAuthenticationDecoder::decode);
    public static final Kind<Telemetry> TELEMETRY = Kind.namespaced(
            "telemetry.istio.io", List.of("v1", "v1alpha1"), "Telemetry", "telemetries", TelemetryDecoder::decode);
    public static final Kind<WorkloadEntry> WORKLOAD_ENTRY = Kind.namespaced(
            NETWORKING, NETWORKING_VERSIONS, "WorkloadEntry", "workloadentries", WorkloadEntryDecoder::decode);
    public static final Kind<ServiceEntry> SERVICE_ENTRY = Kind.namespaced(
            NETWORKING, NETWORKING_VERSIONS, "ServiceEntry", "serviceentries", ServiceEntryDecoder::decode);
    public static final Kind<DestinationRule> DESTINATION_RULE = Kind.namespaced(
            NETWORKING, NETWORKING_VERSIONS, "DestinationRule", "destinationrules", DestinationRuleDecoder::decode);
    public static final Kind<VirtualService> VIRTUAL_SERVICE = Kind.namespaced(
            NETWORKING, NETWORKING_VERSIONS, "VirtualService", "virtualservices", VirtualServiceDecoder::decode);
    public static final Kind<GatewayClass> GATEWAY_CLASS = Kind.clusterWide(
            GATEWAY_API, GATEWAY_API_VERSIONS, "GatewayClass", "gatewayclasses", GatewayDecoder::gatewayClass);
    public static final Kind<Gateway> GATEWAY =
            Kind.namespaced(GATEWAY_API, GATEWAY_API_VERSIONS, "Gateway", "gateways", GatewayDecoder::decode);
    public static final Kind<HttpRoute> HTTP_ROUTE =
            Kind.namespaced(GATEWAY_API, GATEWAY_API_VERSIONS, "HTTPRoute", "httproutes", HttpRouteDecoder::decode);
    public static final Kind<GrpcRoute> GRPC_ROUTE = Kind.namespaced(
            GATEWAY_API, List.of("v1", "v1alpha2"), "GRPCRoute", "grpcroutes", GrpcRouteDecoder::decode);
    public static final Kind<TlsRoute> TLS_ROUTE = Kind.namespaced(
            GATEWAY_API, List.of("v1", "v1alpha3", "v1alpha2"), "TLSRoute", "tlsroutes", StreamRouteDecoder::tls);
    // Releases before 1.6 of the API have no v1 of this kind.
    public static final Kind<TcpRoute> TCP_ROUTE =
            Kind.namespaced(GATEWAY_API, List.of("v1alpha2", "v1"), "TCPRoute", "tcproutes", StreamRouteDecoder::tcp);
    // Releases before 1.5 of the API have no v1 of this kind.
    public static final Kind<ReferenceGrant> REFERENCE_GRANT = Kind.namespaced(
            GATEWAY_API,
            List.of("v1beta1", "v1", "v1alpha2"),
            "ReferenceGrant",
            "referencegrants",
            GatewayDecoder::referenceGrant);
    public static final Kind<RateLimitPolicy> RATE_LIMIT_POLICY = Kind.namespaced(
            "culvert.dev", List.of("v1alpha1"), "RateLimitPolicy", "ratelimitpolicies", RateLimitPolicyDecoder::decode);

    public static final List<Kind<?>> ALL = List.of(
            NAMESPACE,
            NODE,
            POD,
            SERVICE,
            CONFIG_MAP,
            ENDPOINT_SLICE,
            PEER_AUTHENTICATION,
            AUTHORIZATION_POLICY,
            REQUEST_AUTHENTICATION,
            TELEMETRY,
            WORKLOAD_ENTRY,
            SERVICE_ENTRY,
            DESTINATION_RULE,
            VIRTUAL_SERVICE,
            GATEWAY_CLASS,
            GATEWAY,
            HTTP_ROUTE,
            GRPC_ROUTE,
            TLS_ROUTE,
            TCP_ROUTE,
            REFERENCE_GRANT,
            RATE_LIMIT_POLICY);

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
