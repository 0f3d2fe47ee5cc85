package dev.culvert.mesh.xds;

import io.grpc.Status;
import java.util.Locale;

/// How an attempt at the discovery stream ended; it decides when the next one is made.
public enum StreamEnd {
    /// It could not be opened.
    CONNECTION_ERROR("ConnectionError"),
    /// The connection went away under it, as when the server restarts.
    RECONNECT("Reconnect"),
    /// The server refused to go on, or we could not.
    ERROR("Error"),
    /// The server ended it in good order.
    COMPLETE("Complete");

    private final String label;

    StreamEnd(String label) {
        this.label = label;
    }

    /// The name in metrics.
    public String label() {
        return label;
    }

    static StreamEnd of(boolean opened, Status status) {
        if (!opened) {
            return CONNECTION_ERROR;
        }
        return switch (status.getCode()) {
            case OK -> COMPLETE;
            case UNKNOWN, CANCELLED, DEADLINE_EXCEEDED -> RECONNECT;
            case UNAVAILABLE -> connectionLost(status) ? RECONNECT : ERROR;
            default -> ERROR;
        };
    }

    /// Whether the server ended the stream as servers do from time to time, such as at a connection's greatest age.
    static boolean isOrderly(Status status) {
        if (status.isOk()) {
            return true;
        }
        String text = status.getDescription();
        return text != null && (text.contains("NO_ERROR") || text.contains("max_age"));
    }

    /// gRPC has one code for a server that is overloaded and for a connection that is gone; only the cause, or
    /// else the text (ours, or that of a Go server), tells them apart.
    private static boolean connectionLost(Status status) {
        if (status.getCause() != null || status.getDescription() == null) {
            return true;
        }
        String text = status.getDescription().toLowerCase(Locale.ROOT);
        return text.contains("goaway") || text.contains("transport is closing") || text.contains("network closed");
    }
}
