package dev.culvert.waypoint.exchange;

/// Why a backend gave no whole response. Immutable.
///
/// @param message for the log: what to check
public record UpstreamFailure(Kind kind, String message) {

    /// What happened, in the words that metrics and logs have for it.
    public enum Kind {
        /// No connection could be had; nothing was sent.
        NOT_CONNECTED("UF", "upstream_reset_before_response_started{connection_failure}"),
        /// Connecting took too long; nothing was sent.
        CONNECT_TIMEOUT("UF", "upstream_reset_before_response_started{connection_timeout}"),
        /// A limit of the cluster is in the way; nothing was sent.
        OVERFLOW("UO", "upstream_reset_before_response_started{overflow}"),
        /// The backend says that it did not take the request.
        REFUSED("UR", "upstream_reset_before_response_started{remote_reset}"),
        /// A connection that had served before was gone when the request was written to it.
        STALE("UC", "upstream_reset_before_response_started{connection_termination}"),
        /// The connection was lost.
        LOST("UC", "upstream_reset_before_response_started{connection_termination}"),
        /// The backend reset the request.
        RESET("UR", "upstream_reset_before_response_started{remote_reset}"),
        /// What came is no response that could be passed on without doubt.
        MALFORMED("UPE", "upstream_reset_before_response_started{protocol_error}");

        private final String flag;
        private final String details;

        Kind(String flag, String details) {
            this.flag = flag;
            this.details = details;
        }

        /// Envoy's response flag.
        public String flag() {
            return flag;
        }

        /// Envoy's response code details.
        public String details() {
            return details;
        }
    }
}
