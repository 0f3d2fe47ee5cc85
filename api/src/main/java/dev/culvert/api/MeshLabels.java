package dev.culvert.api;

/// Labels and annotations of Istio's ambient API that the mesh reads or writes.
public final class MeshLabels {
    /// On a Namespace or Pod: `ambient` enrols, `none` refuses; the pod's wins.
    public static final String DATAPLANE_MODE = "istio.io/dataplane-mode";
    /// On a Namespace, Service, Pod…: name of the waypoint, or `none`.
    public static final String USE_WAYPOINT = "istio.io/use-waypoint";
    /// Namespace of the waypoint named by [#USE_WAYPOINT].
    public static final String USE_WAYPOINT_NAMESPACE = "istio.io/use-waypoint-namespace";
    /// A second waypoint that takes a share of what goes through the first.
    public static final String CANARY_WAYPOINT = "istio.io/use-waypoint-canary";
    /// Namespace of the waypoint named by [#CANARY_WAYPOINT].
    public static final String CANARY_WAYPOINT_NAMESPACE = "istio.io/use-waypoint-canary-namespace";
    /// Its share in percent.
    public static final String CANARY_WAYPOINT_WEIGHT = "istio.io/use-waypoint-canary-weight";
    /// On a Service, ServiceEntry or Namespace: gateways at the edge send through the waypoint too.
    public static final String INGRESS_USE_WAYPOINT = "istio.io/ingress-use-waypoint";
    /// On a Gateway or its class: how the proxy gets traffic from its own node proxy, as in `PROXY/15088`.
    public static final String INBOUND_BINDING = "ambient.istio.io/waypoint-inbound-binding";
    /// On a Gateway: the client's identity goes on in x-forwarded-client-cert.
    public static final String FORWARD_CLIENT = "ambient.istio.io/xfcc-include-client-identity";
    /// On a Gateway: the service account that its proxies run as, when it is not named like the Gateway.
    public static final String GATEWAY_ACCOUNT = "gateway.istio.io/service-account";
    /// On what is made for a Gateway: who made it.
    public static final String GATEWAY_MANAGED = "gateway.istio.io/managed";
    /// On a Gateway or its class: which traffic the waypoint takes.
    public static final String WAYPOINT_FOR = "istio.io/waypoint-for";
    /// Written by the node agent on a Pod: `enabled` or `pending`.
    public static final String REDIRECTION = "ambient.istio.io/redirection";
    /// On a Pod: outbound capture only.
    public static final String BYPASS_INBOUND = "ambient.istio.io/bypass-inbound-capture";
    /// On a Pod: overrides the mesh-wide DNS capture switch.
    public static final String DNS_CAPTURE = "ambient.istio.io/dns-capture";
    /// On a Pod: interfaces whose arriving TCP counts as outbound.
    public static final String REROUTE_INTERFACES = "istio.io/reroute-virtual-interfaces";
    /// On a Pod: a sidecar was injected, so the pod is never ambient.
    public static final String SIDECAR_STATUS = "sidecar.istio.io/status";
    /// On a Pod: `http` says that the endpoint terminates HBONE itself.
    public static final String TUNNEL = "networking.istio.io/tunnel";
    /// Telemetry identity overrides.
    public static final String CANONICAL_NAME = "service.istio.io/canonical-name";
    public static final String CANONICAL_REVISION = "service.istio.io/canonical-revision";
    public static final String WORKLOAD_NAME = "service.istio.io/workload-name";
    /// On the root Namespace and on Gateways: the network's name.
    public static final String NETWORK = "topology.istio.io/network";
    /// Locality of a Node.
    public static final String REGION = "topology.kubernetes.io/region";
    public static final String ZONE = "topology.kubernetes.io/zone";
    public static final String SUBZONE = "topology.istio.io/subzone";
    /// Locality preference of a Service that has no field for it.
    public static final String TRAFFIC_DISTRIBUTION = "networking.istio.io/traffic-distribution";
    /// On an AuthorizationPolicy: judge and log, do not enforce.
    public static final String DRY_RUN = "istio.io/dry-run";
    /// On pods and services of a Gateway: its name.
    public static final String GATEWAY_NAME = "gateway.networking.k8s.io/gateway-name";

    private MeshLabels() {}
}
