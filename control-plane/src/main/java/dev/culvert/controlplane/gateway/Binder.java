package dev.culvert.controlplane.gateway;

import dev.culvert.controlplane.gateway.WaypointView.Traffic;
import dev.culvert.controlplane.policy.BuiltPolicy.Acceptance;
import dev.culvert.kube.resource.ResourceKey;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Decides whether an object gets the waypoint that it asks for. Confined to one call.
public final class Binder {
    private final Function<ResourceKey, @Nullable WaypointView> waypoints;
    private final String namespace;
    private final Supplier<Map<String, String>> namespaceLabels;

    /// Decides for objects of one namespace.
    ///
    /// @param namespace       of the object
    /// @param namespaceLabels asked for only when a waypoint selects namespaces by them
    public Binder(
            Function<ResourceKey, @Nullable WaypointView> waypoints,
            String namespace,
            Supplier<Map<String, String>> namespaceLabels) {
        this.waypoints = waypoints;
        this.namespace = namespace;
        this.namespaceLabels = namespaceLabels;
    }

    /// What becomes of a wish.
    ///
    /// @param request null when none is asked for
    /// @param kind    what the object is
    public Binding bind(@Nullable WaypointRequest request, Traffic kind) {
        if (request == null) {
            return Binding.NONE;
        }
        Binding primary = one(request.gateway(), kind, request.inherited());
        WaypointView first = primary.waypoint();
        return first == null || request.canary() == null ? primary : withCanary(request, first, kind);
    }

    private Binding one(ResourceKey key, Traffic kind, boolean inherited) {
        WaypointView waypoint = waypoints.apply(key);
        if (waypoint == null) {
            return Binding.refused(key, "WaypointIsNotReady", "there is no Gateway " + key);
        }
        if (!waypoint.traffic().takes(kind)) {
            if (inherited && kind == Traffic.WORKLOAD) {
                return Binding.NONE;
            }
            return Binding.refused(
                    key,
                    "UnsupportedTrafficType",
                    "Gateway " + key + " is for " + waypoint.traffic() + ", not for " + kind
                            + "; see its label istio.io/waypoint-for");
        }
        if (!waypoint.allowed().allows(key.namespace(), namespace, labels(waypoint))) {
            return Binding.refused(
                    key,
                    "AttachmentDenied",
                    "Gateway " + key + " does not admit namespace " + namespace
                            + "; see allowedRoutes of its listener");
        }
        if (waypoint.address() == null) {
            return Binding.refused(key, "WaypointIsNotReady", "Gateway " + key + " has no address yet");
        }
        return new Binding(key, waypoint, null, 0, accepted("bound to Gateway " + key));
    }

    private Binding withCanary(WaypointRequest request, WaypointView first, Traffic kind) {
        ResourceKey key = request.gateway();
        ResourceKey other = request.canary();
        if (other == null || other.equals(key)) {
            return alone(key, first, refused("CanarySameAsPrimary", "the canary is the waypoint itself"));
        }
        int share = request.share();
        if (share < 0) {
            String message = "the canary's weight is no number from 0 to 100";
            return alone(key, first, refused("CanaryInvalidWeight", message));
        }
        Binding second = one(other, kind, request.inherited());
        if (second.waypoint() == null) {
            Acceptance verdict = second.verdict();
            String message = "the canary " + other + " is not for " + kind;
            return alone(key, first, verdict == null ? refused("UnsupportedTrafficType", message) : verdict);
        }
        String message = "bound to Gateway " + key + ", and to " + other + " with " + share + " %";
        return new Binding(key, first, /* canary= */ second.waypoint(), share, accepted(message));
    }

    private static Binding alone(ResourceKey key, WaypointView waypoint, Acceptance verdict) {
        return new Binding(key, waypoint, null, 0, verdict);
    }

    private Map<String, String> labels(WaypointView waypoint) {
        return waypoint.allowed() instanceof dev.culvert.kube.resource.Gateway.AllowedNamespaces.Selected
                ? namespaceLabels.get()
                : Map.of();
    }

    private static Acceptance accepted(String message) {
        return new Acceptance(true, "WaypointAccepted", message, List.of());
    }

    private static Acceptance refused(String reason, String message) {
        return new Acceptance(false, reason, message, List.of(message));
    }
}
