package dev.culvert.ztunnel.connection;

import dev.culvert.mesh.telemetry.Reporter;

/// Which way a connection goes, seen from the pod whose listener took it. Immutable.
public enum Direction {
    /// The pod's application connects to somewhere.
    OUTBOUND(Reporter.SOURCE),
    /// Somebody connects to the pod's application.
    INBOUND(Reporter.DESTINATION);

    private final Reporter reporter;

    Direction(Reporter reporter) {
        this.reporter = reporter;
    }

    /// Which end of the connection counts it.
    public Reporter reporter() {
        return reporter;
    }
}
