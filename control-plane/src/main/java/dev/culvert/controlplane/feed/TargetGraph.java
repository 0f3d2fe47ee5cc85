package dev.culvert.controlplane.feed;

import dev.culvert.controlplane.derive.Fetch;
import dev.culvert.controlplane.derive.Index;
import dev.culvert.controlplane.derive.Input;
import dev.culvert.controlplane.gateway.MeshService;
import dev.culvert.controlplane.gateway.WaypointReader;
import dev.culvert.controlplane.gateway.WaypointView;
import dev.culvert.kube.resource.AuthorizationPolicy;
import dev.culvert.kube.resource.AuthorizationPolicy.Action;
import dev.culvert.kube.resource.RateLimitPolicy;
import dev.culvert.kube.resource.RequestAuthentication;
import dev.culvert.kube.resource.Resource;
import dev.culvert.kube.resource.ResourceKey;
import dev.culvert.kube.resource.TargetRef;
import dev.culvert.kube.resource.Telemetry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Policies that waypoints judge, by what they are attached to. Confined to the `derive` thread.
///
/// In force for a service are those of the service, of its Gateway, and of the Gateway's class; the latter only
/// out of the root namespace.
final class TargetGraph {
    private final MeshInputs inputs;
    private final WaypointGraph waypoints;
    private final Index<Target, ResourceKey, AuthorizationPolicy> authorizations;
    private final Index<Target, ResourceKey, RequestAuthentication> authentications;
    private final Index<Target, ResourceKey, Telemetry> telemetries;
    private final Index<String, ResourceKey, Telemetry> namespaced;
    private final Index<Target, ResourceKey, RateLimitPolicy> rateLimits;

    /// What a policy is attached to.
    private record Target(String kind, String namespace, String name) {
        static final String CLASS = "GatewayClass";

        static Target of(TargetRef ref) {
            return ref.isGatewayClass()
                    ? new Target(CLASS, "", ref.name())
                    : new Target(ref.kind(), ref.namespace(), ref.name());
        }
    }

    TargetGraph(MeshInputs inputs, WaypointGraph waypoints) {
        this.inputs = inputs;
        this.waypoints = waypoints;
        authorizations = index(inputs.authorizations, AuthorizationPolicy::targetRefs);
        authentications = index(inputs.authentications, RequestAuthentication::targetRefs);
        telemetries = index(inputs.telemetries, Telemetry::targetRefs);
        namespaced = inputs.telemetries.index(telemetry ->
                telemetry.targetRefs().isEmpty() && telemetry.selector().isEmpty()
                        ? Set.of(telemetry.metadata().namespace())
                        : Set.of());
        rateLimits = index(inputs.rateLimits, RateLimitPolicy::targetRefs);
    }

    private static <T extends Resource> Index<Target, ResourceKey, T> index(
            Input<ResourceKey, T> input, Function<T, List<TargetRef>> refs) {
        return input.index(policy -> {
            Set<Target> targets = new HashSet<>();
            refs.apply(policy).forEach(ref -> targets.add(Target.of(ref)));
            return targets;
        });
    }

    /// What is in force at a waypoint.
    ///
    /// @param service null for what is sent to the address of a workload
    List<AuthorizationPolicy> authorizations(ResourceKey waypoint, @Nullable MeshService service, Fetch fetch) {
        return find(authorizations, waypoint, service, fetch);
    }

    List<RequestAuthentication> authentications(ResourceKey waypoint, @Nullable MeshService service, Fetch fetch) {
        return find(authentications, waypoint, service, fetch);
    }

    List<RateLimitPolicy> rateLimits(ResourceKey waypoint, @Nullable MeshService service, Fetch fetch) {
        return find(rateLimits, waypoint, service, fetch);
    }

    /// The limits of one route, as in `HTTPRoute shop/split`.
    List<RateLimitPolicy> rateLimits(String route, Fetch fetch) {
        String[] parts = route.split("[ /]", 3);
        return parts.length < 3
                ? List.of()
                : sorted(fetch.bucket(rateLimits, new Target(parts[0], parts[1], parts[2])));
    }

    /// In the order from wide to narrow: mesh, namespace of the waypoint, class, Gateway, service.
    List<Telemetry> telemetries(ResourceKey waypoint, @Nullable MeshService service, Fetch fetch) {
        Set<Telemetry> found = new LinkedHashSet<>(sorted(fetch.bucket(namespaced, root(fetch))));
        found.addAll(sorted(fetch.bucket(namespaced, waypoint.namespace())));
        found.addAll(find(telemetries, waypoint, service, fetch));
        return List.copyOf(found);
    }

    /// Whether something is in force there that a node proxy cannot judge.
    boolean guarded(ResourceKey waypoint, @Nullable MeshService service, Fetch fetch) {
        return enforced(authorizations(waypoint, service, fetch))
                || !authentications(waypoint, service, fetch).isEmpty();
    }

    /// Whether something is attached to the service itself that a node proxy cannot judge.
    boolean targeted(MeshService service, Fetch fetch) {
        return enforced(fetch.bucket(authorizations, target(service)))
                || !fetch.bucket(authentications, target(service)).isEmpty();
    }

    private static boolean enforced(List<AuthorizationPolicy> policies) {
        return policies.stream().anyMatch(policy -> policy.action() != Action.AUDIT && !policy.dryRun());
    }

    private static Target target(MeshService service) {
        ResourceKey object = service.object();
        return new Target(service.entry() ? "ServiceEntry" : "Service", object.namespace(), object.name());
    }

    private <T extends Resource> List<T> find(
            Index<Target, ResourceKey, T> index, ResourceKey waypoint, @Nullable MeshService service, Fetch fetch) {
        String root = root(fetch);
        WaypointView view = fetch.one(waypoints.waypoints, waypoint);
        String className = view == null ? WaypointReader.CLASS : view.className();
        Set<T> found = new LinkedHashSet<>();
        sorted(fetch.bucket(index, new Target(Target.CLASS, "", className))).stream()
                .filter(policy -> policy.metadata().namespace().equals(root))
                .forEach(found::add);
        found.addAll(sorted(fetch.bucket(index, new Target("Gateway", waypoint.namespace(), waypoint.name()))));
        if (service != null) {
            found.addAll(sorted(fetch.bucket(index, target(service))));
        }
        return List.copyOf(found);
    }

    private String root(Fetch fetch) {
        return Objects.requireNonNull(fetch.one(inputs.config, MeshInputs.ONLY)).rootNamespace();
    }

    private static <T extends Resource> List<T> sorted(List<T> policies) {
        List<T> sorted = new ArrayList<>(policies);
        sorted.sort(Comparator.comparing(Resource::key));
        return sorted;
    }
}
