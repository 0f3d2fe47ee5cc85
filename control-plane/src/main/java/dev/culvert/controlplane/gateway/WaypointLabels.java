package dev.culvert.controlplane.gateway;

import dev.culvert.api.MeshLabels;
import dev.culvert.kube.resource.ObjectMeta;
import dev.culvert.kube.resource.ResourceKey;
import org.jspecify.annotations.Nullable;

/// What one object, or a namespace for all in it, says about waypoints. Immutable.
///
/// @param waypoint null when it says nothing; [#NO_WAYPOINT] when it wants none
/// @param canary   null when it names none
/// @param weight   the canary's, as written; null without one
/// @param ingress  null when it says nothing
public record WaypointLabels(
        @Nullable ResourceKey waypoint,
        @Nullable ResourceKey canary,
        @Nullable String weight,
        @Nullable String ingress) {
    /// Stands for the wish to have none.
    public static final ResourceKey NO_WAYPOINT = new ResourceKey("", "none");
    /// Says nothing.
    public static final WaypointLabels SILENT = new WaypointLabels(null, null, null, null);

    /// What `object` says.
    ///
    /// @param home the namespace that a waypoint is looked for in when the labels name none
    public static WaypointLabels of(ObjectMeta object, String home) {
        String name = object.label(MeshLabels.USE_WAYPOINT);
        ResourceKey waypoint =
                "none".equals(name) ? NO_WAYPOINT : key(name, object.label(MeshLabels.USE_WAYPOINT_NAMESPACE), home);
        ResourceKey canary =
                key(object.label(MeshLabels.CANARY_WAYPOINT), object.label(MeshLabels.CANARY_WAYPOINT_NAMESPACE), home);
        String weight = object.annotation(MeshLabels.CANARY_WAYPOINT_WEIGHT);
        String ingress = object.label(MeshLabels.INGRESS_USE_WAYPOINT);
        return waypoint == null && canary == null && weight == null && ingress == null
                ? SILENT
                : new WaypointLabels(waypoint, canary, weight, ingress);
    }

    private static @Nullable ResourceKey key(@Nullable String name, @Nullable String namespace, String home) {
        return name == null || name.isEmpty()
                ? null
                : new ResourceKey(namespace == null || namespace.isEmpty() ? home : namespace, name);
    }
}
