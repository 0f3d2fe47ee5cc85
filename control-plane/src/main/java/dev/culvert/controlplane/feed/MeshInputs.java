package dev.culvert.controlplane.feed;

import dev.culvert.controlplane.config.MeshConfig;
import dev.culvert.controlplane.config.MeshConfigReader;
import dev.culvert.controlplane.config.MeshSettings;
import dev.culvert.controlplane.derive.Graph;
import dev.culvert.controlplane.derive.Input;
import dev.culvert.controlplane.gateway.AuthenticationMessages.Keys;
import dev.culvert.kube.ResourceEvent;
import dev.culvert.kube.SourceProblem;
import dev.culvert.kube.resource.AuthorizationPolicy;
import dev.culvert.kube.resource.ConfigMap;
import dev.culvert.kube.resource.DestinationRule;
import dev.culvert.kube.resource.EndpointSlice;
import dev.culvert.kube.resource.Gateway;
import dev.culvert.kube.resource.GatewayClass;
import dev.culvert.kube.resource.GrpcRoute;
import dev.culvert.kube.resource.HttpRoute;
import dev.culvert.kube.resource.Kind;
import dev.culvert.kube.resource.Kinds;
import dev.culvert.kube.resource.Namespace;
import dev.culvert.kube.resource.Node;
import dev.culvert.kube.resource.PeerAuthentication;
import dev.culvert.kube.resource.Pod;
import dev.culvert.kube.resource.RateLimitPolicy;
import dev.culvert.kube.resource.ReferenceGrant;
import dev.culvert.kube.resource.RequestAuthentication;
import dev.culvert.kube.resource.Resource;
import dev.culvert.kube.resource.ResourceKey;
import dev.culvert.kube.resource.Service;
import dev.culvert.kube.resource.ServiceEntry;
import dev.culvert.kube.resource.TcpRoute;
import dev.culvert.kube.resource.Telemetry;
import dev.culvert.kube.resource.TlsRoute;
import dev.culvert.kube.resource.VirtualService;
import dev.culvert.kube.resource.WorkloadEntry;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The resources as they come from the source, one collection per kind. Confined to the `derive` thread.
final class MeshInputs {
    /// The kinds that the derivation reads.
    static final Set<Kind<?>> KINDS = Set.copyOf(Kinds.ALL);
    /// The key of what there is only one of.
    static final String ONLY = "mesh";

    final Input<ResourceKey, Namespace> namespaces;
    final Input<ResourceKey, Node> nodes;
    final Input<ResourceKey, Pod> pods;
    final Input<ResourceKey, Service> services;
    final Input<ResourceKey, EndpointSlice> slices;
    final Input<ResourceKey, WorkloadEntry> workloadEntries;
    final Input<ResourceKey, ServiceEntry> serviceEntries;
    final Input<ResourceKey, AuthorizationPolicy> authorizations;
    final Input<ResourceKey, PeerAuthentication> peers;
    final Input<ResourceKey, Gateway> gateways;
    final Input<ResourceKey, GatewayClass> gatewayClasses;
    final Input<ResourceKey, HttpRoute> httpRoutes;
    final Input<ResourceKey, GrpcRoute> grpcRoutes;
    final Input<ResourceKey, TlsRoute> tlsRoutes;
    final Input<ResourceKey, TcpRoute> tcpRoutes;
    final Input<ResourceKey, ReferenceGrant> grants;
    final Input<ResourceKey, RequestAuthentication> authentications;
    final Input<ResourceKey, Telemetry> telemetries;
    final Input<ResourceKey, RateLimitPolicy> rateLimits;
    final Input<ResourceKey, DestinationRule> destinationRules;
    final Input<ResourceKey, VirtualService> virtualServices;
    final Input<String, MeshConfig> config;
    /// The keys of token issuers, by the key of what needs them.
    final Input<String, Keys> keys;

    private final MeshConfigReader configReader;
    private final Set<Kind<?>> unsynced = new HashSet<>(KINDS);

    MeshInputs(Graph graph, MeshSettings settings) {
        namespaces = graph.input("namespaces");
        nodes = graph.input("nodes");
        pods = graph.input("pods");
        services = graph.input("services");
        slices = graph.input("endpointSlices");
        workloadEntries = graph.input("workloadEntries");
        serviceEntries = graph.input("serviceEntries");
        authorizations = graph.input("authorizationPolicies");
        peers = graph.input("peerAuthentications");
        gateways = graph.input("gateways");
        gatewayClasses = graph.input("gatewayClasses");
        httpRoutes = graph.input("httpRoutes");
        grpcRoutes = graph.input("grpcRoutes");
        tlsRoutes = graph.input("tlsRoutes");
        tcpRoutes = graph.input("tcpRoutes");
        grants = graph.input("referenceGrants");
        authentications = graph.input("requestAuthentications");
        telemetries = graph.input("telemetries");
        rateLimits = graph.input("rateLimitPolicies");
        destinationRules = graph.input("destinationRules");
        virtualServices = graph.input("virtualServices");
        config = graph.input("meshConfig");
        keys = graph.input("tokenKeys");
        configReader = new MeshConfigReader(settings);
        config.put(ONLY, configReader.absent());
    }

    void accept(ResourceEvent event) {
        switch (event) {
            case ResourceEvent.Added added -> set(added.resource(), false);
            case ResourceEvent.Modified modified -> set(modified.resource(), false);
            case ResourceEvent.Deleted deleted -> set(deleted.resource(), true);
            case ResourceEvent.Synced synced -> unsynced.remove(synced.kind());
        }
    }

    /// Whether every kind has been listed.
    boolean synced() {
        return unsynced.isEmpty();
    }

    /// What is wrong with the mesh configuration.
    List<SourceProblem> problems() {
        return configReader.problems();
    }

    private void set(Resource resource, boolean gone) {
        switch (resource) {
            case Namespace namespace -> set(namespaces, namespace, gone);
            case Node node -> set(nodes, node, gone);
            case Pod pod -> set(pods, pod, gone);
            case Service service -> set(services, service, gone);
            case EndpointSlice slice -> set(slices, slice, gone);
            case WorkloadEntry entry -> set(workloadEntries, entry, gone);
            case ServiceEntry entry -> set(serviceEntries, entry, gone);
            case AuthorizationPolicy policy -> set(authorizations, policy, gone);
            case PeerAuthentication policy -> set(peers, policy, gone);
            case Gateway gateway -> set(gateways, gateway, gone);
            case GatewayClass gatewayClass -> set(gatewayClasses, gatewayClass, gone);
            case HttpRoute route -> set(httpRoutes, route, gone);
            case GrpcRoute route -> set(grpcRoutes, route, gone);
            case TlsRoute route -> set(tlsRoutes, route, gone);
            case TcpRoute route -> set(tcpRoutes, route, gone);
            case ReferenceGrant grant -> set(grants, grant, gone);
            case RequestAuthentication policy -> set(authentications, policy, gone);
            case Telemetry telemetry -> set(telemetries, telemetry, gone);
            case RateLimitPolicy policy -> set(rateLimits, policy, gone);
            case DestinationRule rule -> set(destinationRules, rule, gone);
            case VirtualService virtual -> set(virtualServices, virtual, gone);
            case ConfigMap map -> setConfig(gone ? null : map, map);
            // A kind that other parts of the control plane read.
            default -> {}
        }
    }

    private void setConfig(@Nullable ConfigMap now, ConfigMap concerned) {
        if (configReader.concerns(concerned)) {
            config.put(ONLY, now == null ? configReader.absent() : configReader.read(now));
        }
    }

    private static <T extends Resource> void set(Input<ResourceKey, T> input, T resource, boolean gone) {
        if (gone) {
            input.remove(resource.key());
        } else {
            input.put(resource.key(), resource);
        }
    }
}
