package dev.culvert.waypoint.route;

import dev.culvert.waypoint.exchange.LocalReply;
import dev.culvert.waypoint.filter.BackendTarget;
import dev.culvert.waypoint.filter.FilterChain;

/// Where one request or connection of a rule goes. Immutable.
public sealed interface BackendChoice {

    /// To this backend.
    ///
    /// @param filters of the backend alone, to apply after those of the rule
    record Chosen(BackendTarget target, FilterChain filters) implements BackendChoice {}

    /// Nowhere: the rule has no backend, or the share is that of a bad reference. An opaque
    /// connection is closed.
    record Refused(LocalReply reply) implements BackendChoice {}
}
