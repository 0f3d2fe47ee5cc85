package dev.culvert.waypoint.http;

/// Fired through the pipeline of each connection when the waypoint begins to end.
public enum DrainEvent {
    /// What is served next is the last: clients are told, and still served.
    LAST,
    /// What idles is closed now; what is busy ends with its requests.
    CLOSE
}
