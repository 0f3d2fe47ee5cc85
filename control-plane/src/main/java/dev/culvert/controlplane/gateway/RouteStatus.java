package dev.culvert.controlplane.gateway;

import dev.culvert.api.waypoint.HttpRule;
import dev.culvert.controlplane.policy.BuiltPolicy.Acceptance;
import dev.culvert.controlplane.status.ObjectStatus;
import dev.culvert.controlplane.status.ObjectStatus.Section;
import dev.culvert.controlplane.status.ObjectStatus.Verdict;
import dev.culvert.kube.resource.BackendRef;
import dev.culvert.kube.resource.Condition;
import dev.culvert.kube.resource.GrpcRoute;
import dev.culvert.kube.resource.HttpRoute;
import dev.culvert.kube.resource.Kind;
import dev.culvert.kube.resource.ParentRef;
import dev.culvert.kube.resource.ParentStatus;
import dev.culvert.kube.resource.Route;
import dev.culvert.kube.resource.RouteFilter;
import dev.culvert.kube.resource.TcpRoute;
import dev.culvert.kube.resource.TlsRoute;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What the status of a route is to say of its parents that are services. Pure but for the backends it asks
/// for.
public final class RouteStatus {
    private RouteStatus() {}

    /// The status of `route`. What other controllers say of it stays.
    ///
    /// @param parents that are services, each with the service, or with none when it is not there
    public static ObjectStatus of(
            Kind<?> kind,
            Route route,
            String name,
            Map<ParentRef, List<MeshService>> parents,
            BackendResolver.Lookup lookup) {
        BackendResolver backends = new BackendResolver(lookup, route, name);
        Acceptance resolved = resolved(route, backends);
        Acceptance broken = broken(route, backends);
        List<Section.Entry> entries = new ArrayList<>();
        for (ParentStatus other : route.parents()) {
            if (!other.controllerName().equals(WaypointReader.CONTROLLER)) {
                entries.add(new Section.Entry(
                        fields(other.parentRef(), other.controllerName()), other.conditions(), List.of()));
            }
        }
        parents.forEach((parent, found) -> entries.add(new Section.Entry(
                fields(parent, WaypointReader.CONTROLLER),
                before(route, parent),
                List.of(
                        new Verdict("Accepted", accepted(parent, found)),
                        new Verdict("ResolvedRefs", resolved),
                        new Verdict("PartiallyInvalid", broken),
                        new Verdict("ResolvedWaypoints", waypoints(found))))));
        return new ObjectStatus(
                kind, route.metadata(), List.of(), List.of(), List.of(new Section.Entries("parents", entries)));
    }

    private static Acceptance accepted(ParentRef parent, List<MeshService> found) {
        if (found.isEmpty()) {
            return refused(
                    "NoMatchingParent",
                    "there is no " + parent.kind() + " " + parent.namespace() + "/" + parent.name());
        }
        MeshService service = found.getFirst();
        boolean port = service.message().getPortsList().stream()
                .anyMatch(each -> ServiceRoutes.attaches(parent, service, each.getServicePort()));
        return port
                ? new Acceptance(true, "Accepted", "", List.of())
                : refused("NoMatchingParent", service.name() + " has no such port");
    }

    private static Acceptance waypoints(List<MeshService> found) {
        Binding binding = found.isEmpty() ? Binding.NONE : found.getFirst().binding();
        if (binding.waypoint() != null) {
            return new Acceptance(
                    true,
                    "ResolvedWaypoints",
                    "served by Gateway " + binding.waypoint().key(),
                    List.of());
        }
        Acceptance verdict = binding.verdict();
        return refused(
                verdict == null ? "MissingLabel" : verdict.reason(),
                verdict == null
                        ? "the service has no waypoint: neither it nor its namespace is labelled"
                                + " istio.io/use-waypoint, so nobody follows the route"
                        : verdict.message());
    }

    private static Acceptance resolved(Route route, BackendResolver backends) {
        for (BackendRef ref : refs(route)) {
            BackendResolver.Resolved one = backends.resolve(ref);
            if (!one.reason().isEmpty()) {
                return refused(one.reason(), one.backend().getInvalid());
            }
        }
        return new Acceptance(true, "ResolvedRefs", "", List.of());
    }

    /// Null when every rule can be followed.
    private static @Nullable Acceptance broken(Route route, BackendResolver backends) {
        RouteMessages messages = new RouteMessages(backends);
        List<HttpRule> rules = switch (route) {
            case HttpRoute http -> messages.http(http);
            case GrpcRoute grpc -> messages.grpc(grpc);
            case TlsRoute _, TcpRoute _ -> List.of();
        };
        String problems = rules.stream()
                .flatMap(rule -> RouteProblems.of(rule).stream().map(reason -> rule.getName() + ": " + reason))
                .collect(Collectors.joining("; "));
        return problems.isEmpty() ? null : new Acceptance(true, "UnsupportedValue", problems, List.of(problems));
    }

    private static List<BackendRef> refs(Route route) {
        List<BackendRef> refs = new ArrayList<>();
        switch (route) {
            case HttpRoute http -> http.rules().forEach(rule -> add(rule.backends(), rule.filters(), refs));
            case GrpcRoute grpc -> grpc.rules().forEach(rule -> add(rule.backends(), rule.filters(), refs));
            case TlsRoute tls -> tls.rules().forEach(rule -> refs.addAll(rule.backends()));
            case TcpRoute tcp -> tcp.rules().forEach(rule -> refs.addAll(rule.backends()));
        }
        return refs;
    }

    /// Copies go to backends too.
    private static void add(List<HttpRoute.Backend> backends, List<RouteFilter> filters, List<BackendRef> refs) {
        List<RouteFilter> all = new ArrayList<>(filters);
        for (HttpRoute.Backend backend : backends) {
            refs.add(backend.ref());
            all.addAll(backend.filters());
        }
        for (RouteFilter filter : all) {
            if (filter instanceof RouteFilter.Mirror mirror) {
                refs.add(mirror.backend());
            }
        }
    }

    private static List<Condition> before(Route route, ParentRef parent) {
        return route.parents().stream()
                .filter(status -> status.controllerName().equals(WaypointReader.CONTROLLER))
                .filter(status -> status.parentRef().equals(parent))
                .findFirst()
                .map(ParentStatus::conditions)
                .orElse(List.of());
    }

    private static Map<String, Object> fields(ParentRef parent, String controller) {
        Map<String, Object> ref = new LinkedHashMap<>();
        ref.put("group", parent.group());
        ref.put("kind", parent.kind());
        ref.put("namespace", parent.namespace());
        ref.put("name", parent.name());
        if (!parent.sectionName().isEmpty()) {
            ref.put("sectionName", parent.sectionName());
        }
        if (parent.port() != 0) {
            ref.put("port", parent.port());
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("parentRef", ref);
        fields.put("controllerName", controller);
        return fields;
    }

    private static Acceptance refused(String reason, String message) {
        return new Acceptance(false, reason, message, List.of(message));
    }
}
