package dev.culvert.controlplane.feed;

import dev.culvert.api.MeshLabels;
import dev.culvert.controlplane.config.MeshSettings;
import dev.culvert.controlplane.derive.Derived;
import dev.culvert.controlplane.derive.Fetch;
import dev.culvert.controlplane.derive.Graph;
import dev.culvert.controlplane.derive.Index;
import dev.culvert.controlplane.gateway.Binder;
import dev.culvert.controlplane.gateway.Binding;
import dev.culvert.controlplane.gateway.WaypointLabels;
import dev.culvert.controlplane.gateway.WaypointReader;
import dev.culvert.controlplane.gateway.WaypointRequest;
import dev.culvert.controlplane.gateway.WaypointView;
import dev.culvert.controlplane.gateway.WaypointView.Traffic;
import dev.culvert.controlplane.workload.ServiceTarget;
import dev.culvert.kube.resource.Gateway;
import dev.culvert.kube.resource.Namespace;
import dev.culvert.kube.resource.ObjectMeta;
import dev.culvert.kube.resource.Pod;
import dev.culvert.kube.resource.ResourceKey;
import dev.culvert.kube.resource.Service;
import dev.culvert.kube.resource.ServiceEntry;
import dev.culvert.kube.resource.WorkloadEntry;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The waypoints of the mesh, and who uses which. Confined to the `derive` thread.
final class WaypointGraph {
    private final MeshInputs inputs;
    private final MeshSettings settings;
    private final Index<String, ResourceKey, WaypointView> byPlace;
    private final Index<ResourceKey, ResourceKey, Pod> podsOfGateway;
    private final Derived<ResourceKey, Namespace, String, WaypointLabels> defaults;

    final Derived<ResourceKey, Gateway, ResourceKey, WaypointView> waypoints;
    /// The service accounts that a Gateway's proxies run as.
    final Derived<ResourceKey, Gateway, ResourceKey, Set<String>> accounts;
    /// Of those that ask for a waypoint.
    final Derived<ResourceKey, Service, ResourceKey, Binding> services;

    final Derived<ResourceKey, ServiceEntry, ResourceKey, Binding> entries;
    final Derived<ResourceKey, WorkloadEntry, ResourceKey, Binding> workloadEntries;

    WaypointGraph(Graph graph, MeshInputs inputs, NetworkName network, MeshSettings settings) {
        this.inputs = inputs;
        this.settings = settings;
        waypoints = graph.derive("waypoints", inputs.gateways, (gateway, fetch) -> {
            var gatewayClass = fetch.one(
                    inputs.gatewayClasses, new ResourceKey("", gateway.spec().gatewayClassName()));
            return Map.of(gateway.key(), WaypointReader.view(gateway, gatewayClass, network.fetch(fetch)));
        });
        byPlace = waypoints.index(waypoint -> Set.copyOf(waypoint.places()));
        podsOfGateway = inputs.pods.index(pod -> ownGateway(pod.metadata()));
        accounts = graph.derive(
                "waypointAccounts",
                inputs.gateways,
                (gateway, fetch) -> Map.of(gateway.key(), accounts(gateway, fetch)));
        defaults = graph.derive("namespaceWaypoints", inputs.namespaces, (namespace, _) -> {
            String name = namespace.metadata().name();
            WaypointLabels labels = WaypointLabels.of(namespace.metadata(), name);
            return labels.equals(WaypointLabels.SILENT) ? Map.of() : Map.of(name, labels);
        });
        services = graph.derive("serviceWaypoints", inputs.services, (service, fetch) -> asked(service, fetch));
        entries = graph.derive(
                "entryWaypoints",
                inputs.serviceEntries,
                (entry, fetch) -> asked(entry.key(), bind(entry.metadata(), Traffic.SERVICE, fetch)));
        workloadEntries = graph.derive(
                "workloadEntryWaypoints",
                inputs.workloadEntries,
                (entry, fetch) -> asked(entry.key(), bind(entry.metadata(), Traffic.WORKLOAD, fetch)));
    }

    /// What becomes of a workload's wish.
    ///
    /// @param addresses where it is; a waypoint's own workload has none
    Binding ofWorkload(ObjectMeta object, Collection<String> addresses, Fetch fetch) {
        return isGateway(object) || isWaypoint(addresses, fetch) ? Binding.NONE : bind(object, Traffic.WORKLOAD, fetch);
    }

    /// What becomes of the wish of a service, or of the entry that declares it.
    Binding ofService(ResourceKey key, boolean entry, Fetch fetch) {
        Binding found = entry ? fetch.one(entries, key) : fetch.one(services, key);
        return found == null ? Binding.NONE : found;
    }

    /// Whether gateways at the edge send through the waypoint too.
    boolean ingress(ObjectMeta object, Fetch fetch) {
        String own = WaypointLabels.of(object, object.namespace()).ingress();
        return "true".equals(own == null ? defaults(object.namespace(), fetch).ingress() : own);
    }

    private Map<ResourceKey, Binding> asked(Service service, Fetch fetch) {
        Set<String> places = new HashSet<>();
        service.spec().clusterIps().forEach(ip -> places.add(ip.getHostAddress()));
        places.add(ServiceTarget.of(service, settings.domain()).resourceName());
        return isGateway(service.metadata()) || isWaypoint(places, fetch)
                ? Map.of()
                : asked(service.key(), bind(service.metadata(), Traffic.SERVICE, fetch));
    }

    private static Map<ResourceKey, Binding> asked(ResourceKey key, Binding binding) {
        return binding.equals(Binding.NONE) ? Map.of() : Map.of(key, binding);
    }

    private Binding bind(ObjectMeta object, Traffic kind, Fetch fetch) {
        String namespace = object.namespace();
        WaypointRequest request = WaypointRequest.of(WaypointLabels.of(object, namespace), defaults(namespace, fetch));
        return new Binder(key -> fetch.one(waypoints, key), namespace, () -> labels(namespace, fetch))
                .bind(request, kind);
    }

    private WaypointLabels defaults(String namespace, Fetch fetch) {
        WaypointLabels found = fetch.one(defaults, namespace);
        return found == null ? WaypointLabels.SILENT : found;
    }

    private Map<String, String> labels(String namespace, Fetch fetch) {
        Namespace found = fetch.one(inputs.namespaces, new ResourceKey("", namespace));
        return found == null ? Map.of() : found.metadata().labels();
    }

    private boolean isWaypoint(Collection<String> places, Fetch fetch) {
        return places.stream()
                .anyMatch(place -> fetch.bucket(byPlace, place).stream().anyMatch(WaypointView::ours));
    }

    private static boolean isGateway(ObjectMeta object) {
        return object.label(MeshLabels.GATEWAY_NAME) != null || object.label(MeshLabels.GATEWAY_MANAGED) != null;
    }

    private static Set<ResourceKey> ownGateway(ObjectMeta pod) {
        @Nullable String name = pod.label(MeshLabels.GATEWAY_NAME);
        return name == null ? Set.of() : Set.of(new ResourceKey(pod.namespace(), name));
    }

    private Set<String> accounts(Gateway gateway, Fetch fetch) {
        Set<String> accounts = new TreeSet<>();
        accounts.add(Objects.requireNonNullElse(
                gateway.metadata().annotation(MeshLabels.GATEWAY_ACCOUNT),
                gateway.metadata().name()));
        for (Pod pod : fetch.bucket(podsOfGateway, gateway.key())) {
            accounts.add(pod.spec().serviceAccountName());
        }
        return accounts;
    }
}
