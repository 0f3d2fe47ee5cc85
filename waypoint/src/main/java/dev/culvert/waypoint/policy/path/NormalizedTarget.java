package dev.culvert.waypoint.policy.path;

import dev.culvert.waypoint.exchange.LocalReply;

/// What became of the target of a request.
///
/// Immutable.
public sealed interface NormalizedTarget {

    /// To be matched and forwarded in place of what the client wrote.
    record Accepted(String target) implements NormalizedTarget {}

    /// Not to be forwarded.
    ///
    /// @param reason for the log, words joined by underscores
    record Refused(String reason) implements NormalizedTarget {
        /// What the client is told.
        public LocalReply reply() {
            return LocalReply.text(400, "Bad Request: " + reason.replace('_', ' '), "DPE", reason);
        }
    }
}
