package dev.culvert.ztunnel.connection;

/// Which way a connection goes, seen from the pod whose listener took it. Immutable.
public enum Direction {
    /// The pod's application connects to somewhere.
    OUTBOUND("outbound", "source"),
    /// Somebody connects to the pod's application.
    INBOUND("inbound", "destination");

    private final String text;
    private final String reporter;

    Direction(String text, String reporter) {
        this.text = text;
        this.reporter = reporter;
    }

    /// The value of the `reporter` label: which end of the connection counts it.
    public String reporter() {
        return reporter;
    }

    /// The value of the access log's `direction`.
    @Override
    public String toString() {
        return text;
    }
}
