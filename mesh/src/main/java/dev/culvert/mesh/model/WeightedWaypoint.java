package dev.culvert.mesh.model;

/// One of several waypoints that share a service's traffic in proportion to their weights; weight 0 gets none.
///
/// Immutable.
public record WeightedWaypoint(GatewayReference destination, long weight) {
    public WeightedWaypoint {
        if (weight < 0) {
            throw new IllegalArgumentException(
                    "weight of waypoint " + destination.destination() + " is " + weight + "; expected 0 or more");
        }
    }
}
