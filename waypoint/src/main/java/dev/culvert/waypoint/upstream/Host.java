package dev.culvert.waypoint.upstream;

/// An endpoint as it is used: its description, its port, and what is counted of it. Immutable but for the counts.
///
/// @param port its own, for the port of the service that it is used for
record Host(Endpoint endpoint, int port, EndpointState state) {
    int weight() {
        return endpoint.weight();
    }
}
