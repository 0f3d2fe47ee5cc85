package dev.culvert.waypoint.policy.external;

import dev.culvert.waypoint.exchange.LocalReply;
import java.util.List;

/// What an authorizer said.
///
/// Immutable.
public sealed interface CheckResult {

    /// Yes.
    ///
    /// @param requestChanges to make before the request is judged further and forwarded
    /// @param responseChanges to make to the response that the client gets
    /// @param query changes to make to the target
    /// @param routeAgain whether a route is to be chosen for the changed request
    record Allowed(
            List<HeaderChange> requestChanges,
            List<HeaderChange> responseChanges,
            QueryChange query,
            boolean routeAgain)
            implements CheckResult {
        public Allowed {
            requestChanges = List.copyOf(requestChanges);
            responseChanges = List.copyOf(responseChanges);
        }
    }

    /// No.
    record Denied(LocalReply reply) implements CheckResult {}

    /// Nothing usable.
    ///
    /// @param why for the log: what happened
    /// @param admitted whether the provider is one that fails open
    /// @param reply for the client otherwise
    record Failed(String why, boolean admitted, LocalReply reply) implements CheckResult {}
}
