package dev.culvert.controlplane.feed;

import dev.culvert.api.SpiffeId;
import dev.culvert.controlplane.config.MeshConfig;
import dev.culvert.controlplane.config.MeshSettings;
import dev.culvert.controlplane.derive.Derived;
import dev.culvert.controlplane.derive.Fetch;
import dev.culvert.controlplane.derive.Graph;
import dev.culvert.controlplane.gateway.Binding;
import dev.culvert.controlplane.gateway.GuardBuilder;
import dev.culvert.controlplane.gateway.MeshService;
import dev.culvert.controlplane.gateway.WaypointView;
import dev.culvert.kube.resource.ResourceKey;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Which workloads admit only their waypoints, since something is in force there that only those can judge.
/// Confined to the `derive` thread.
///
/// A waypoint that was asked for and is not to be had closes the workload altogether: its policies were written,
/// and nobody could judge them.
final class GuardGraph {
    private final MeshInputs inputs;
    private final MeshSettings settings;
    private final WaypointGraph waypoints;
    private final TargetGraph targets;
    private final List<Derived<String, MeshService, String, Guard>> guards;

    /// The waypoints that a service's workloads admit.
    private record Guard(Set<ResourceKey> waypoints) {}

    GuardGraph(Graph graph, MeshInputs inputs, ServiceGraph services, TargetGraph targets, MeshSettings settings) {
        this.inputs = inputs;
        this.settings = settings;
        this.waypoints = services.waypoints();
        this.targets = targets;
        guards = List.of(
                graph.derive("serviceGuards", services.built, this::guard),
                graph.derive("entryGuards", services.entriesBuilt, this::guard));
    }

    /// The waypoints that a workload admits alone; null when it is open.
    ///
    /// @param own      its own binding
    /// @param services that it is behind
    @Nullable
    Set<ResourceKey> admitted(Binding own, Collection<String> services, Fetch fetch) {
        Set<ResourceKey> admitted = new TreeSet<>();
        boolean closed = false;
        Guard guard = guard(own, null, fetch);
        if (guard != null) {
            closed = true;
            admitted.addAll(guard.waypoints);
        }
        for (String service : services) {
            for (Derived<String, MeshService, String, Guard> each : guards) {
                Guard found = fetch.one(each, service);
                if (found != null) {
                    closed = true;
                    admitted.addAll(found.waypoints);
                }
            }
        }
        return closed ? admitted : null;
    }

    /// How a workload refers to its guard.
    String reference(Set<ResourceKey> admitted, Fetch fetch) {
        return mesh(fetch).rootNamespace() + "/" + GuardBuilder.name(admitted);
    }

    /// Whether something is in force for `service` that only its waypoints can judge.
    boolean guarded(MeshService service, Fetch fetch) {
        return guards.stream().anyMatch(each -> fetch.one(each, service.name()) != null);
    }

    /// The policy itself.
    dev.culvert.api.authorization.Authorization policy(Set<ResourceKey> admitted, Fetch fetch) {
        MeshConfig mesh = mesh(fetch);
        Set<SpiffeId> identities = new HashSet<>();
        for (ResourceKey waypoint : admitted) {
            Set<String> accounts = fetch.one(waypoints.accounts, waypoint);
            for (String account : accounts == null ? Set.<String>of() : accounts) {
                for (String trustDomain : mesh.trustDomains()) {
                    identities.add(new SpiffeId(trustDomain, waypoint.namespace(), account));
                }
            }
        }
        return GuardBuilder.build(mesh.rootNamespace(), GuardBuilder.name(admitted), identities);
    }

    private Map<String, Guard> guard(MeshService service, Fetch fetch) {
        Guard guard = guard(service.binding(), service, fetch);
        return guard == null ? Map.of() : Map.of(service.name(), guard);
    }

    private @Nullable Guard guard(Binding binding, @Nullable MeshService service, Fetch fetch) {
        ResourceKey asked = binding.asked();
        if (settings.allowWaypointBypass()) {
            return null;
        }
        if (asked == null) {
            // Whoever attached a policy to a service wanted it judged, and nobody does.
            return service != null && targets.targeted(service, fetch) ? new Guard(Set.of()) : null;
        }
        boolean guarded = targets.guarded(asked, service, fetch);
        Set<ResourceKey> admitted = new TreeSet<>();
        for (WaypointView waypoint : binding.waypoints()) {
            guarded |= targets.guarded(waypoint.key(), service, fetch);
            admitted.add(waypoint.key());
        }
        return guarded ? new Guard(admitted) : null;
    }

    private MeshConfig mesh(Fetch fetch) {
        return Objects.requireNonNull(fetch.one(inputs.config, MeshInputs.ONLY));
    }
}
