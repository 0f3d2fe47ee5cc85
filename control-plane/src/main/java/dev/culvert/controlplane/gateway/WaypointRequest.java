package dev.culvert.controlplane.gateway;

import dev.culvert.kube.resource.ResourceKey;
import org.jspecify.annotations.Nullable;

/// The waypoint that an object asks for, its own labels taken before those of its namespace. Immutable.
///
/// @param inherited whether the namespace asks, not the object itself
/// @param canary    a second one for a share of the traffic; null for none
/// @param weight    the canary's share in percent, as written
public record WaypointRequest(
        ResourceKey gateway,
        boolean inherited,
        @Nullable ResourceKey canary,
        @Nullable String weight) {
    /// Null when none is asked for. An object that names a waypoint, be it one that does not exist, or that
    /// wants none, never gets the namespace's.
    public static @Nullable WaypointRequest of(WaypointLabels object, WaypointLabels namespace) {
        boolean inherited = object.waypoint() == null;
        ResourceKey gateway = inherited ? namespace.waypoint() : object.waypoint();
        if (gateway == null || gateway.equals(WaypointLabels.NO_WAYPOINT)) {
            return null;
        }
        ResourceKey canary = object.canary() == null && inherited ? namespace.canary() : object.canary();
        String weight = object.weight() == null ? namespace.weight() : object.weight();
        return new WaypointRequest(gateway, inherited, canary, weight);
    }

    /// The canary's share, or -1 when it is no number from 0 to 100.
    int share() {
        if (weight == null) {
            return 0;
        }
        int share = weight.matches("[0-9]{1,3}") ? Integer.parseInt(weight) : -1;
        return share <= 100 ? share : -1;
    }
}
