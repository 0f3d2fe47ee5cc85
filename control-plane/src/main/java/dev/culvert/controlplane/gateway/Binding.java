package dev.culvert.controlplane.gateway;

import dev.culvert.api.workload.WeightedWaypoint;
import dev.culvert.controlplane.policy.BuiltPolicy.Acceptance;
import dev.culvert.kube.resource.ResourceKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What became of an object's wish for a waypoint. Immutable.
///
/// @param asked    what it wants; null for nothing
/// @param waypoint null when it gets none
/// @param canary   null without one
/// @param weight   the canary's share in percent
/// @param verdict  what its status says; null for nothing
public record Binding(
        @Nullable ResourceKey asked,
        @Nullable WaypointView waypoint,
        @Nullable WaypointView canary,
        int weight,
        @Nullable Acceptance verdict) {
    /// Of those that ask for none.
    public static final Binding NONE = new Binding(null, null, null, 0, null);

    /// The waypoints that get its traffic, the first one first.
    public List<WaypointView> waypoints() {
        List<WaypointView> all = new ArrayList<>();
        if (waypoint != null) {
            all.add(waypoint);
        }
        if (canary != null) {
            all.add(canary);
        }
        return all;
    }

    /// The waypoints with their shares; none when one gets it all.
    public List<WeightedWaypoint> weighted() {
        if (waypoint == null || canary == null || waypoint.address() == null || canary.address() == null) {
            return List.of();
        }
        return List.of(
                WeightedWaypoint.newBuilder()
                        .setDestination(waypoint.address())
                        .setWeight(100 - weight)
                        .build(),
                WeightedWaypoint.newBuilder()
                        .setDestination(canary.address())
                        .setWeight(weight)
                        .build());
    }

    static Binding refused(ResourceKey asked, String reason, String message) {
        return new Binding(asked, null, null, 0, new Acceptance(false, reason, message, List.of(message)));
    }
}
