package dev.culvert.controlplane.feed;

import dev.culvert.controlplane.derive.Derived;
import dev.culvert.controlplane.derive.Fetch;
import dev.culvert.controlplane.derive.Graph;
import dev.culvert.controlplane.gateway.AuthenticationMessages;
import dev.culvert.controlplane.gateway.Binding;
import dev.culvert.controlplane.gateway.GatewayStatus;
import dev.culvert.controlplane.gateway.MeshService;
import dev.culvert.controlplane.gateway.PolicyMessages;
import dev.culvert.controlplane.gateway.RateLimitMessages;
import dev.culvert.controlplane.gateway.RouteStatus;
import dev.culvert.controlplane.gateway.ServiceRoutes;
import dev.culvert.controlplane.gateway.WaypointReader;
import dev.culvert.controlplane.gateway.WaypointView;
import dev.culvert.controlplane.policy.BuiltPolicy.Acceptance;
import dev.culvert.controlplane.status.ObjectStatus;
import dev.culvert.controlplane.status.ObjectStatus.Verdict;
import dev.culvert.kube.resource.AuthorizationPolicy;
import dev.culvert.kube.resource.Condition;
import dev.culvert.kube.resource.Kind;
import dev.culvert.kube.resource.Kinds;
import dev.culvert.kube.resource.ParentRef;
import dev.culvert.kube.resource.RequestAuthentication;
import dev.culvert.kube.resource.Resource;
import dev.culvert.kube.resource.ResourceKey;
import dev.culvert.kube.resource.Route;
import dev.culvert.kube.resource.ServiceEntry;
import dev.culvert.kube.resource.TargetRef;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What the status of objects that have to do with waypoints is to say. Confined to the `derive` thread.
final class StatusGraph {
    private final MeshInputs inputs;
    private final WaypointGraph waypoints;
    private final RouteGraph routes;
    private final Graph graph;
    private final Consumer<ObjectStatus> statuses;

    /// @param statuses told on each change
    StatusGraph(
            Graph graph, MeshInputs inputs, PolicyGraph policies, RouteGraph routes, Consumer<ObjectStatus> statuses) {
        this.graph = graph;
        this.inputs = inputs;
        this.waypoints = routes.services().waypoints();
        this.routes = routes;
        this.statuses = statuses;
        tell(graph.derive(
                "serviceStatuses",
                inputs.services,
                (service, fetch) -> bound(
                        Kinds.SERVICE, service, service.conditions(), fetch.one(waypoints.services, service.key()))));
        tell(graph.derive("entryStatuses", inputs.serviceEntries, (entry, fetch) -> {
            Binding binding = fetch.one(waypoints.entries, entry.key());
            return told(
                    Kinds.SERVICE_ENTRY, entry, entry.conditions(), List.of(verdict(binding), missing(entry, binding)));
        }));
        tell(graph.derive(
                "workloadEntryStatuses",
                inputs.workloadEntries,
                (entry, fetch) -> bound(
                        Kinds.WORKLOAD_ENTRY,
                        entry,
                        entry.conditions(),
                        fetch.one(waypoints.workloadEntries, entry.key()))));
        tell(graph.derive("gatewayStatuses", inputs.gateways, (gateway, fetch) -> {
            WaypointView view = fetch.one(waypoints.waypoints, gateway.key());
            return view == null || !view.ours() ? Map.of() : Map.of(gateway.key(), GatewayStatus.of(gateway));
        }));
        tell(graph.derive(
                "gatewayClassStatuses",
                inputs.gatewayClasses,
                (gatewayClass, _) -> gatewayClass.controllerName().equals(WaypointReader.CONTROLLER)
                        ? Map.of(gatewayClass.key(), GatewayStatus.of(gatewayClass))
                        : Map.of()));
        policies(policies);
        route(Kinds.HTTP_ROUTE, inputs.httpRoutes);
        route(Kinds.GRPC_ROUTE, inputs.grpcRoutes);
        route(Kinds.TLS_ROUTE, inputs.tlsRoutes);
        route(Kinds.TCP_ROUTE, inputs.tcpRoutes);
    }

    private void policies(PolicyGraph policies) {
        tell(graph.derive("policyStatuses", policies.built, (built, fetch) -> {
            AuthorizationPolicy policy = built.policy();
            Acceptance waypoint = attached(policy.targetRefs(), policy, fetch);
            String invalid = PolicyMessages.of(policy).getInvalid();
            if (waypoint != null && waypoint.accepted() && !invalid.isEmpty()) {
                waypoint = refused("Invalid", invalid);
            }
            return Map.of(policy.key(), ObjectStatus.of(policy, built.result().verdict(), waypoint));
        }));
        follow(
                Kinds.REQUEST_AUTHENTICATION,
                inputs.authentications,
                policy -> policy.targetRefs(),
                policy -> policy.conditions(),
                this::problem);
        follow(
                Kinds.TELEMETRY,
                inputs.telemetries,
                policy -> policy.targetRefs(),
                policy -> policy.conditions(),
                (_, _) -> "");
        follow(
                Kinds.RATE_LIMIT_POLICY,
                inputs.rateLimits,
                policy -> policy.targetRefs(),
                policy -> policy.conditions(),
                (policy, fetch) -> RateLimitMessages.of(policy, "", routes.hosts(fetch))
                        .getGlobal()
                        .getInvalid());
    }

    private <S, T> void tell(Derived<S, T, ResourceKey, ObjectStatus> collection) {
        collection.onChange(change -> {
            if (change.after() != null) {
                statuses.accept(change.after());
            }
        });
    }

    private static Map<ResourceKey, ObjectStatus> bound(
            Kind<?> kind, Resource object, List<Condition> conditions, @Nullable Binding binding) {
        return told(kind, object, conditions, List.of(verdict(binding)));
    }

    private static Verdict verdict(@Nullable Binding binding) {
        return new Verdict(ObjectStatus.WAYPOINT_BOUND, binding == null ? null : binding.verdict());
    }

    /// Wildcards are resolved by waypoints alone.
    private static Verdict missing(ServiceEntry entry, @Nullable Binding binding) {
        boolean wild = entry.hosts().stream().anyMatch(host -> host.startsWith("*"));
        boolean missing = wild && (binding == null || binding.waypoint() == null);
        String message = "hosts with a wildcard are reached through a waypoint alone, and there is none";
        return new Verdict(
                ObjectStatus.WAYPOINT_MISSING,
                missing ? new Acceptance(true, "NoWaypointForWildcardService", message, List.of(message)) : null);
    }

    /// Nothing where there is nothing to say, and nothing that was said before.
    private static Map<ResourceKey, ObjectStatus> told(
            Kind<?> kind, Resource object, List<Condition> conditions, List<Verdict> verdicts) {
        boolean anything = verdicts.stream()
                .anyMatch(verdict -> verdict.acceptance() != null
                        || conditions.stream()
                                .anyMatch(condition -> condition.type().equals(verdict.type())));
        return anything
                ? Map.of(object.key(), ObjectStatus.conditions(kind, object.metadata(), conditions, verdicts))
                : Map.of();
    }

    private <T extends Resource> void follow(
            Kind<T> kind,
            dev.culvert.controlplane.derive.Collection<ResourceKey, T> policies,
            Function<T, List<TargetRef>> targets,
            Function<T, List<Condition>> conditions,
            BiFunction<T, Fetch, String> problem) {
        tell(graph.derive(kind.name() + "Statuses", policies, (policy, fetch) -> {
            Acceptance verdict = attached(targets.apply(policy), policy, fetch);
            String invalid = problem.apply(policy, fetch);
            if (verdict != null && verdict.accepted() && !invalid.isEmpty()) {
                verdict = refused("PartiallyInvalid", invalid);
            }
            return verdict == null
                    ? Map.of()
                    : Map.of(
                            policy.key(),
                            ObjectStatus.conditions(
                                    kind,
                                    policy.metadata(),
                                    conditions.apply(policy),
                                    List.of(new Verdict(ObjectStatus.WAYPOINT_ACCEPTED, verdict))));
        }));
    }

    /// What waypoints cannot judge for want of keys.
    private String problem(RequestAuthentication policy, Fetch fetch) {
        return AuthenticationMessages.of(policy, rule -> KeyGraph.find(inputs, rule, fetch)).getRulesList().stream()
                .filter(rule -> !rule.getJwksError().isEmpty())
                .map(rule -> "tokens of issuer " + rule.getIssuer() + " are refused: " + rule.getJwksError())
                .collect(Collectors.joining("; "));
    }

    /// Whether all that a policy is attached to has a waypoint; null when it is attached to nothing.
    private @Nullable Acceptance attached(List<TargetRef> targets, Resource policy, Fetch fetch) {
        Acceptance found = null;
        for (TargetRef target : targets) {
            Acceptance one = attached(target, policy, fetch);
            if (found == null || !one.accepted()) {
                found = one;
            }
        }
        return found;
    }

    private Acceptance attached(TargetRef target, Resource policy, Fetch fetch) {
        String what = target.kind() + " " + target.namespace() + "/" + target.name();
        ResourceKey key = new ResourceKey(target.namespace(), target.name());
        if (target.isGatewayClass()) {
            boolean root = policy.metadata().namespace().equals(routes.root(fetch));
            return root ? accepted() : refused("Invalid", "a GatewayClass is a target in the root namespace alone");
        }
        if (target.isGateway()) {
            return fetch.one(inputs.gateways, key) == null ? missing(what) : accepted();
        }
        if (target.isService() || target.isServiceEntry()) {
            MeshService service = target.isService()
                    ? routes.lookup(fetch).service(key.namespace(), key.name())
                    : routes.lookup(fetch).entry(key.namespace(), key.name());
            if (service == null) {
                return missing(what);
            }
            return service.binding().waypoint() == null
                    ? refused("AncestorNotBound", what + " is bound to no waypoint")
                    : accepted();
        }
        return target.kind().equals("HTTPRoute")
                ? accepted()
                : refused("Invalid", "targets of kind " + target.kind() + " are not supported");
    }

    private <T extends Route> void route(
            Kind<T> kind, dev.culvert.controlplane.derive.Collection<ResourceKey, T> collection) {
        tell(graph.derive(kind.name() + "Statuses", collection, (route, fetch) -> {
            Map<ParentRef, List<MeshService>> parents = new LinkedHashMap<>();
            for (ParentRef parent : route.parentRefs()) {
                if (parent.isService() || parent.isServiceEntry()) {
                    parents.put(parent, parents(parent, fetch));
                }
            }
            return parents.isEmpty()
                    ? Map.of()
                    : Map.of(
                            route.key(),
                            RouteStatus.of(kind, route, ServiceRoutes.kind(route), parents, routes.lookup(fetch)));
        }));
    }

    private List<MeshService> parents(ParentRef parent, Fetch fetch) {
        List<MeshService> found = new ArrayList<>();
        MeshService service = parent.isService()
                ? routes.lookup(fetch).service(parent.namespace(), parent.name())
                : routes.lookup(fetch).entry(parent.namespace(), parent.name());
        if (service != null) {
            found.add(service);
        }
        return found;
    }

    private static Acceptance accepted() {
        return new Acceptance(true, "Accepted", "attached to its waypoint", List.of());
    }

    private static Acceptance missing(String what) {
        return refused("TargetNotFound", "there is no " + what);
    }

    private static Acceptance refused(String reason, String message) {
        return new Acceptance(false, reason, message, List.of(message));
    }
}
