package dev.culvert.waypoint.http;

/// Fired through the pipeline of each connection when the waypoint begins to end: what idles is
/// closed, what is busy ends with its request.
public enum DrainEvent {
    INSTANCE
}
