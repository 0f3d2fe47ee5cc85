package dev.culvert.waypoint.codec;

import dev.culvert.waypoint.exchange.LocalReply;

/// What came is not taken for a message of HTTP. Immutable.
///
/// @param status that a client is told
/// @param reason for the log, words joined by underscores
public record Malformed(int status, String reason) {
    static Malformed bad(String reason) {
        return new Malformed(400, reason);
    }

    /// What a client is told.
    public LocalReply reply() {
        return LocalReply.text(status, reason.replace('_', ' ') + "\n", "DPE", "http1_" + reason);
    }
}
