package dev.culvert.controlplane.feed;

import dev.culvert.controlplane.config.MeshSettings;
import dev.culvert.controlplane.derive.Collection;
import dev.culvert.controlplane.derive.Fetch;
import dev.culvert.controlplane.derive.Graph;
import dev.culvert.controlplane.derive.Index;
import dev.culvert.controlplane.gateway.BackendResolver;
import dev.culvert.controlplane.gateway.HostNames;
import dev.culvert.controlplane.gateway.MeshService;
import dev.culvert.controlplane.gateway.RouteSets;
import dev.culvert.controlplane.gateway.ServiceMessages;
import dev.culvert.controlplane.gateway.ServicePlan;
import dev.culvert.controlplane.gateway.ServiceRoutes;
import dev.culvert.controlplane.gateway.VirtualRoutes;
import dev.culvert.controlplane.gateway.WaypointView;
import dev.culvert.kube.resource.ParentRef;
import dev.culvert.kube.resource.ReferenceGrant;
import dev.culvert.kube.resource.ResourceKey;
import dev.culvert.kube.resource.Route;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Routes of the services that have a waypoint. Confined to the `derive` thread.
final class RouteGraph {
    private final MeshInputs inputs;
    private final MeshSettings settings;
    private final ServiceGraph services;
    private final List<Index<Parent, ResourceKey, ? extends Route>> byParent;
    private final VirtualGraph virtuals;
    private final Index<String, ResourceKey, ReferenceGrant> grants;
    private final Index<ResourceKey, String, MeshService> entriesByObject;
    private final Index<String, String, MeshService> byHost;
    private final Index<String, String, MeshService> entriesByHost;

    /// What becomes of the traffic of each service that has a waypoint, by the service's resource name.
    final List<Collection<String, ServicePlan>> plans;

    private record Parent(boolean entry, ResourceKey key) {}

    RouteGraph(Graph graph, MeshInputs inputs, ServiceGraph services, MeshSettings settings) {
        this.inputs = inputs;
        this.settings = settings;
        this.services = services;
        byParent = List.of(
                inputs.httpRoutes.index(RouteGraph::parents),
                inputs.grpcRoutes.index(RouteGraph::parents),
                inputs.tlsRoutes.index(RouteGraph::parents),
                inputs.tcpRoutes.index(RouteGraph::parents));
        virtuals = new VirtualGraph(inputs, settings);
        grants = inputs.grants.index(grant -> Set.of(grant.metadata().namespace()));
        entriesByObject = services.entriesBuilt.index(service -> Set.of(service.object()));
        byHost = services.built.index(service -> Set.of(service.target().hostname()));
        entriesByHost =
                services.entriesBuilt.index(service -> Set.of(service.target().hostname()));
        plans = List.of(
                graph.derive("servicePlans", services.built, this::plan),
                graph.derive("entryPlans", services.entriesBuilt, this::plan));
    }

    ServiceGraph services() {
        return services;
    }

    /// The root namespace.
    String root(Fetch fetch) {
        return Objects.requireNonNull(fetch.one(inputs.config, MeshInputs.ONLY)).rootNamespace();
    }

    /// The plan of a service, or null when it has no waypoint.
    @Nullable
    ServicePlan find(String service, Fetch fetch) {
        for (Collection<String, ServicePlan> each : plans) {
            ServicePlan plan = fetch.one(each, service);
            if (plan != null) {
                return plan;
            }
        }
        return null;
    }

    /// What the backends of routes are looked up in.
    BackendResolver.Lookup lookup(Fetch fetch) {
        return new BackendResolver.Lookup() {
            @Override
            public @Nullable MeshService service(String namespace, String name) {
                return services.find(serviceName(namespace, name), fetch);
            }

            @Override
            public @Nullable MeshService entry(String namespace, String name) {
                List<MeshService> found = fetch.bucket(entriesByObject, new ResourceKey(namespace, name));
                return found.isEmpty() ? null : found.getFirst();
            }

            @Override
            public @Nullable MeshService host(String namespace, String host) {
                MeshService own = services.find(namespace + "/" + host, fetch);
                if (own != null) {
                    return own;
                }
                List<MeshService> elsewhere = new ArrayList<>(fetch.bucket(byHost, host));
                elsewhere.addAll(fetch.bucket(entriesByHost, host));
                return elsewhere.stream()
                        .filter(service -> service.message().getCanonical())
                        .findFirst()
                        .orElse(null);
            }

            @Override
            public boolean granted(String namespace, ReferenceGrant.From from, ReferenceGrant.To to) {
                return fetch.bucket(grants, namespace).stream().anyMatch(grant -> grant.allows(from, to));
            }
        };
    }

    private Map<String, ServicePlan> plan(MeshService service, Fetch fetch) {
        WaypointView waypoint = service.binding().waypoint();
        if (waypoint == null) {
            return Map.of();
        }
        List<Route> attached = attached(service, fetch);
        ServiceRoutes routes = new ServiceRoutes(service, lookup(fetch), attached);
        VirtualRoutes virtuals = this.virtuals.routes(service, waypoint.key().namespace(), hosts(fetch), fetch);
        return Map.of(
                service.name(),
                ServicePlan.of(
                        service.name(),
                        ServiceMessages.ports(service, port -> RouteSets.join(routes.at(port), virtuals.at(port)))));
    }

    /// Whether the namespace of `service` has routes for it, which hold for everybody who calls it.
    boolean routed(MeshService service, Fetch fetch) {
        String producer = service.target().namespace();
        return attached(service, fetch).stream()
                        .anyMatch(route -> route.metadata().namespace().equals(producer))
                || virtuals.any(service, fetch);
    }

    /// How configuration names services.
    HostNames hosts(Fetch fetch) {
        return new HostNames(lookup(fetch), settings.domain());
    }

    private List<Route> attached(MeshService service, Fetch fetch) {
        List<Route> attached = new ArrayList<>();
        Parent parent = new Parent(service.entry(), service.object());
        byParent.forEach(index -> attached.addAll(fetch.bucket(index, parent)));
        return attached;
    }

    private String serviceName(String namespace, String name) {
        return namespace + "/" + name + "." + namespace + ".svc." + settings.domain();
    }

    private static Set<Parent> parents(Route route) {
        Set<Parent> parents = new HashSet<>();
        for (ParentRef ref : route.parentRefs()) {
            if (ref.isService() || ref.isServiceEntry()) {
                parents.add(new Parent(ref.isServiceEntry(), new ResourceKey(ref.namespace(), ref.name())));
            }
        }
        return parents;
    }
}
