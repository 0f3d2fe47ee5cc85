package dev.culvert.controlplane.feed;

import dev.culvert.controlplane.config.MeshSettings;
import dev.culvert.controlplane.derive.Derived;
import dev.culvert.controlplane.derive.Fetch;
import dev.culvert.controlplane.derive.Graph;
import dev.culvert.controlplane.derive.Index;
import dev.culvert.controlplane.gateway.Binding;
import dev.culvert.controlplane.gateway.MeshService;
import dev.culvert.controlplane.gateway.WaypointView;
import dev.culvert.controlplane.policy.Selectors;
import dev.culvert.controlplane.workload.ServiceBuilder;
import dev.culvert.controlplane.workload.ServiceTarget;
import dev.culvert.kube.resource.Namespace;
import dev.culvert.kube.resource.ObjectMeta;
import dev.culvert.kube.resource.ResourceKey;
import dev.culvert.kube.resource.Service;
import dev.culvert.kube.resource.ServiceEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Services of the mesh: those of Kubernetes, and the hosts of ServiceEntries that no Service and no older
/// entry of the same namespace has. Confined to the `derive` thread.
final class ServiceGraph {
    private static final Comparator<ServiceEntry> OLDEST = Comparator.comparing(
                    (ServiceEntry entry) -> entry.metadata().creationTimestamp())
            .thenComparing(ServiceEntry::key);

    private final MeshSettings settings;
    private final MeshInputs inputs;
    private final NetworkName network;
    private final WaypointGraph waypoints;
    private final Index<ResourceKey, ResourceKey, Service> byHost;
    private final Index<String, ResourceKey, Service> byHostAnywhere;
    private final Index<String, ResourceKey, ServiceEntry> entriesByHost;

    /// What workloads join, by the name of the resource.
    final Derived<ResourceKey, Service, String, ServiceTarget> targets;
    final Derived<ResourceKey, ServiceEntry, String, ServiceTarget> entryTargets;
    final Index<Selectors.Bucket, String, ServiceTarget> targetsBySelector;
    final Index<Selectors.Bucket, String, ServiceTarget> entryTargetsBySelector;
    /// Each service as node proxies know it.
    final Derived<ResourceKey, Service, String, MeshService> built;

    final Derived<ResourceKey, ServiceEntry, String, MeshService> entriesBuilt;

    ServiceGraph(Graph graph, MeshInputs inputs, NetworkName network, WaypointGraph waypoints, MeshSettings settings) {
        this.settings = settings;
        this.inputs = inputs;
        this.network = network;
        this.waypoints = waypoints;
        byHost = inputs.services.index(service -> Set.of(new ResourceKey(
                service.metadata().namespace(),
                ServiceTarget.of(service, settings.domain()).hostname())));
        byHostAnywhere = inputs.services.index(
                service -> Set.of(ServiceTarget.of(service, settings.domain()).hostname()));
        entriesByHost = inputs.serviceEntries.index(entry -> new HashSet<>(entry.hosts()));
        targets = graph.derive("serviceTargets", inputs.services, this::target);
        entryTargets = graph.derive("entryTargets", inputs.serviceEntries, this::entryTargets);
        targetsBySelector = targets.index(target -> Selectors.bucket(target.namespace(), target.selector()));
        entryTargetsBySelector = entryTargets.index(target -> Selectors.bucket(target.namespace(), target.selector()));
        built = graph.derive("services", inputs.services, this::service);
        entriesBuilt = graph.derive("entryServices", inputs.serviceEntries, this::entryServices);
    }

    /// Who uses which waypoint.
    WaypointGraph waypoints() {
        return waypoints;
    }

    /// The hosts of `entry` that are its own in the mesh.
    List<String> hosts(ServiceEntry entry, Fetch fetch) {
        List<String> own = new ArrayList<>();
        for (String host : entry.hosts()) {
            String namespace = entry.metadata().namespace();
            boolean taken = !fetch.bucket(byHost, new ResourceKey(namespace, host))
                            .isEmpty()
                    || fetch.bucket(entriesByHost, host).stream()
                            .filter(other -> other.metadata().namespace().equals(namespace))
                            .anyMatch(other -> OLDEST.compare(other, entry) < 0);
            if (!taken && !own.contains(host)) {
                own.add(host);
            }
        }
        return own;
    }

    private Map<String, ServiceTarget> target(Service service, Fetch fetch) {
        if (service.spec().type().equals("ExternalName")) {
            return Map.of();
        }
        ServiceTarget target = ServiceTarget.of(service, settings.domain());
        return Map.of(target.resourceName(), target);
    }

    private Map<String, ServiceTarget> entryTargets(ServiceEntry entry, Fetch fetch) {
        Map<String, ServiceTarget> found = new LinkedHashMap<>();
        for (String host : hosts(entry, fetch)) {
            ServiceTarget target = ServiceTarget.of(entry, host);
            found.put(target.resourceName(), target);
        }
        return found;
    }

    /// The service of this resource name, or null.
    @Nullable
    MeshService find(String name, Fetch fetch) {
        MeshService service = fetch.one(built, name);
        return service == null ? fetch.one(entriesBuilt, name) : service;
    }

    private Map<String, MeshService> service(Service service, Fetch fetch) {
        var builder = new ServiceBuilder(network.fetch(fetch), settings.domain());
        var message = builder.build(service, namespace(service.metadata().namespace(), fetch));
        if (message == null) {
            return Map.of();
        }
        Binding binding = waypoints.ofService(service.key(), false, fetch);
        ServiceTarget target = ServiceTarget.of(service, settings.domain());
        return named(new MeshService(
                bound(message, service.metadata(), binding, fetch), target, service.key(), false, binding));
    }

    private Map<String, MeshService> entryServices(ServiceEntry entry, Fetch fetch) {
        var builder = new ServiceBuilder(network.fetch(fetch), settings.domain());
        Map<String, MeshService> found = new LinkedHashMap<>();
        Binding binding = waypoints.ofService(entry.key(), true, fetch);
        for (String host : hosts(entry, fetch)) {
            boolean canonical = fetch.bucket(byHostAnywhere, host).isEmpty()
                    && fetch.bucket(entriesByHost, host).stream()
                            .min(OLDEST)
                            .orElse(entry)
                            .equals(entry);
            Namespace namespace = namespace(entry.metadata().namespace(), fetch);
            var message = builder.build(entry, host, canonical, namespace);
            found.putAll(named(new MeshService(
                    bound(message, entry.metadata(), binding, fetch),
                    ServiceTarget.of(entry, host),
                    entry.key(),
                    true,
                    binding)));
        }
        return found;
    }

    private dev.culvert.api.workload.Service bound(
            dev.culvert.api.workload.Service message, ObjectMeta object, Binding binding, Fetch fetch) {
        WaypointView waypoint = binding.waypoint();
        if (waypoint == null || waypoint.address() == null) {
            return message;
        }
        return message.toBuilder()
                .setWaypoint(waypoint.address())
                .addAllWeightedWaypoints(binding.weighted())
                .setIngressUseWaypoint(waypoints.ingress(object, fetch))
                .build();
    }

    private static Map<String, MeshService> named(MeshService service) {
        return Map.of(service.name(), service);
    }

    private @Nullable Namespace namespace(String name, Fetch fetch) {
        return fetch.one(inputs.namespaces, new ResourceKey("", name));
    }
}
