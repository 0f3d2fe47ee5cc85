package dev.culvert.controlplane.feed;

import com.google.protobuf.Message;
import dev.culvert.api.TypeUrls;
import dev.culvert.api.waypoint.AttachedWorkload;
import dev.culvert.api.waypoint.Policies;
import dev.culvert.api.waypoint.Telemetry;
import dev.culvert.controlplane.config.MeshConfig;
import dev.culvert.controlplane.config.MeshSettings;
import dev.culvert.controlplane.derive.Collection;
import dev.culvert.controlplane.derive.Derived;
import dev.culvert.controlplane.derive.Fetch;
import dev.culvert.controlplane.derive.Graph;
import dev.culvert.controlplane.derive.Index;
import dev.culvert.controlplane.derive.ResourceTable;
import dev.culvert.controlplane.derive.ScopedName;
import dev.culvert.controlplane.derive.XdsResource;
import dev.culvert.controlplane.gateway.AuthenticationMessages;
import dev.culvert.controlplane.gateway.ClusterMessages;
import dev.culvert.controlplane.gateway.DestinationRules;
import dev.culvert.controlplane.gateway.EndpointMessages;
import dev.culvert.controlplane.gateway.HostNames;
import dev.culvert.controlplane.gateway.MeshService;
import dev.culvert.controlplane.gateway.MeshWorkload;
import dev.culvert.controlplane.gateway.PolicyMessages;
import dev.culvert.controlplane.gateway.RateLimitMessages;
import dev.culvert.controlplane.gateway.ServiceMessages;
import dev.culvert.controlplane.gateway.ServicePlan;
import dev.culvert.controlplane.gateway.TelemetryMessages;
import dev.culvert.controlplane.gateway.WaypointMessages;
import dev.culvert.controlplane.gateway.WaypointView;
import dev.culvert.kube.resource.Gateway;
import dev.culvert.kube.resource.ResourceKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What each waypoint is told: itself, the services and workloads that use it, and where they are. Confined to
/// the `derive` thread.
final class WaypointResources {
    private final MeshInputs inputs;
    private final MeshSettings settings;
    private final ServiceGraph services;
    private final TargetGraph targets;
    private final WorkloadGraph workloads;
    private final RouteGraph routes;
    private final RuleGraph rules;
    private final List<Index<ResourceKey, String, Attachment>> byWaypoint;

    final Collection<String, XdsResource> waypoints;
    final List<Collection<String, XdsResource>> served;
    final List<Collection<String, XdsResource>> attached;
    final Collection<String, XdsResource> clusters;

    /// A service at one of its waypoints.
    ///
    /// @param clusters where its traffic, and what asks about it, may go
    private record Attachment(ResourceKey waypoint, String service, Policies policies, Set<String> clusters) {}

    /// A cluster that a waypoint must know.
    private record Need(ResourceKey waypoint, String cluster) {}

    WaypointResources(
            Graph graph,
            MeshInputs inputs,
            TargetGraph targets,
            WorkloadGraph workloads,
            RouteGraph routes,
            MeshSettings settings) {
        this.inputs = inputs;
        this.settings = settings;
        this.targets = targets;
        this.services = workloads.services();
        WaypointGraph choice = services.waypoints();
        this.workloads = workloads;
        this.routes = routes;
        this.rules = new RuleGraph(inputs, settings);
        List<Derived<String, MeshService, String, Attachment>> attachments = List.of(
                graph.derive("serviceAttachments", services.built, this::attachments),
                graph.derive("entryAttachments", services.entriesBuilt, this::attachments));
        byWaypoint = attachments.stream()
                .map(each -> each.index(attachment -> Set.of(attachment.waypoint)))
                .toList();
        waypoints = graph.derive("waypointResources", inputs.gateways, (gateway, fetch) -> {
            WaypointView view = fetch.one(choice.waypoints, gateway.key());
            return view == null || !view.ours() ? Map.of() : waypoint(gateway, fetch);
        });
        served = attachments.stream()
                .<Collection<String, XdsResource>>map(
                        each -> graph.derive(each.name() + "Resources", each, this::service))
                .toList();
        attached = workloads.built.stream()
                .<Collection<String, XdsResource>>map(
                        each -> graph.derive(each.name() + "Attached", each, this::workload))
                .toList();
        Derived<ResourceKey, WaypointView, String, Need> needs =
                graph.derive("clusterNeeds", choice.waypoints, this::needs);
        clusters = graph.derive("waypointClusters", needs, this::cluster);
    }

    private Map<String, Attachment> attachments(MeshService service, Fetch fetch) {
        ServicePlan plan = routes.find(service.name(), fetch);
        Map<String, Attachment> found = new LinkedHashMap<>();
        for (WaypointView waypoint : service.binding().waypoints()) {
            if (waypoint.ours() && plan != null) {
                Policies policies = policies(waypoint.key(), service, plan.routes(), fetch);
                Set<String> clusters = new TreeSet<>(plan.clusters());
                addClusters(policies, clusters);
                found.put(
                        key(waypoint.key(), service.name()),
                        new Attachment(waypoint.key(), service.name(), policies, clusters));
            }
        }
        return found;
    }

    private Map<String, XdsResource> waypoint(Gateway gateway, Fetch fetch) {
        var message = messages(fetch).of(gateway, telemetry(gateway.key(), null, fetch));
        return resource(TypeUrls.WAYPOINT, gateway.key(), gateway.key().toString(), message);
    }

    private Map<String, XdsResource> service(Attachment attachment, Fetch fetch) {
        MeshService service = services.find(attachment.service, fetch);
        ServicePlan plan = routes.find(attachment.service, fetch);
        if (service == null || plan == null) {
            return Map.of();
        }
        var message =
                ServiceMessages.of(service, plan, attachment.policies, telemetry(attachment.waypoint, service, fetch));
        return resource(TypeUrls.WAYPOINT_SERVICE, attachment.waypoint, attachment.service, message);
    }

    private Map<String, XdsResource> workload(MeshWorkload workload, Fetch fetch) {
        Map<String, XdsResource> found = new LinkedHashMap<>();
        for (WaypointView waypoint : workload.binding().waypoints()) {
            if (waypoint.ours()) {
                AttachedWorkload message = AttachedWorkload.newBuilder()
                        .setEndpoint(endpoints(fetch).of(workload))
                        .setPolicies(policies(waypoint.key(), null, Set.of(), fetch))
                        .setTelemetry(telemetry(waypoint.key(), null, fetch))
                        .build();
                String uid = workload.message().getUid();
                found.putAll(resource(TypeUrls.WAYPOINT_WORKLOAD, waypoint.key(), uid, message));
            }
        }
        return found;
    }

    private Policies policies(ResourceKey waypoint, @Nullable MeshService service, Set<String> taken, Fetch fetch) {
        Policies.Builder built = Policies.newBuilder();
        HostNames hosts = routes.hosts(fetch);
        targets.authorizations(waypoint, service, fetch)
                .forEach(policy -> built.addAuthorization(PolicyMessages.of(policy)));
        targets.authentications(waypoint, service, fetch)
                .forEach(policy -> built.addAuthentication(
                        AuthenticationMessages.of(policy, rule -> KeyGraph.find(inputs, rule, fetch))));
        targets.rateLimits(waypoint, service, fetch)
                .forEach(policy -> built.addRateLimits(RateLimitMessages.of(policy, "", hosts)));
        for (String route : new TreeSet<>(taken)) {
            targets.rateLimits(route, fetch)
                    .forEach(policy -> built.addRateLimits(RateLimitMessages.of(policy, route, hosts)));
        }
        return built.build();
    }

    private Telemetry telemetry(ResourceKey waypoint, @Nullable MeshService service, Fetch fetch) {
        return TelemetryMessages.of(mesh(fetch).waypoints(), targets.telemetries(waypoint, service, fetch));
    }

    private WaypointMessages messages(Fetch fetch) {
        return new WaypointMessages(mesh(fetch), settings.clusterId(), routes.hosts(fetch));
    }

    private static void addClusters(Policies policies, Set<String> clusters) {
        policies.getRateLimitsList().stream()
                .map(limit -> limit.getGlobal().getCluster())
                .filter(cluster -> !cluster.isEmpty())
                .forEach(clusters::add);
    }

    private Map<String, Need> needs(WaypointView waypoint, Fetch fetch) {
        if (!waypoint.ours()) {
            return Map.of();
        }
        Set<String> names = new TreeSet<>();
        for (Index<ResourceKey, String, Attachment> index : byWaypoint) {
            fetch.bucket(index, waypoint.key()).forEach(attachment -> names.addAll(attachment.clusters));
        }
        addClusters(policies(waypoint.key(), null, Set.of(), fetch), names);
        names.addAll(messages(fetch).clusters());
        Map<String, Need> needs = new LinkedHashMap<>();
        names.forEach(name -> needs.put(key(waypoint.key(), name), new Need(waypoint.key(), name)));
        return needs;
    }

    private Map<String, XdsResource> cluster(Need need, Fetch fetch) {
        MeshService service = services.find(need.cluster, fetch);
        if (service == null) {
            return Map.of();
        }
        List<MeshWorkload> behind = new ArrayList<>(workloads.of(need.cluster, fetch));
        var message = DestinationRules.apply(
                new ClusterMessages(endpoints(fetch)).of(service, behind),
                rules.of(service, need.waypoint, fetch),
                mesh(fetch).waypoints().locality());
        return resource(TypeUrls.WAYPOINT_CLUSTER, need.waypoint, need.cluster, message);
    }

    private EndpointMessages endpoints(Fetch fetch) {
        return new EndpointMessages(mesh(fetch).trustDomain());
    }

    private MeshConfig mesh(Fetch fetch) {
        return Objects.requireNonNull(fetch.one(inputs.config, MeshInputs.ONLY));
    }

    private static String key(ResourceKey waypoint, String name) {
        return new ScopedName(waypoint.toString(), name).key();
    }

    private static Map<String, XdsResource> resource(
            String typeUrl, ResourceKey waypoint, String name, Message message) {
        String key = key(waypoint, name);
        return Map.of(key, ResourceTable.resource(typeUrl, key, message, List.of()));
    }
}
