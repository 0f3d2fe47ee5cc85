package dev.culvert.mesh.telemetry;

/// Which side of a connection tells of it: the proxy of who connects, or of who is connected to.
public enum Reporter {
    SOURCE("source", "outbound"),
    DESTINATION("destination", "inbound"),
    /// The proxy between both.
    WAYPOINT("waypoint", "inbound");

    private final String label;
    private final String direction;

    Reporter(String label, String direction) {
        this.label = label;
        this.direction = direction;
    }

    /// The value of the label `reporter`.
    public String label() {
        return label;
    }

    /// The value of the access log's field `direction`.
    public String direction() {
        return direction;
    }
}
