package dev.culvert.waypoint.http;

import dev.culvert.waypoint.filter.BackendTarget;
import dev.culvert.waypoint.filter.ResponseEdits;
import dev.culvert.waypoint.route.RetryRule;
import dev.culvert.waypoint.upstream.Endpoint;
import java.time.Duration;
import java.util.List;

/// What is to be done with a request that was judged and routed. Immutable.
///
/// @param to a cluster, or the one workload that was addressed
/// @param requestTimeout for everything; zero for none
/// @param tryTimeout for each try; zero for none
record Plan(
        To to,
        RetryRule retry,
        Duration requestTimeout,
        Duration tryTimeout,
        List<BackendTarget> mirrors,
        ResponseEdits response) {
    Plan {
        mirrors = List.copyOf(mirrors);
    }

    /// Where it goes.
    sealed interface To {
        /// One of the endpoints of a cluster.
        record AnyOf(BackendTarget target) implements To {}

        /// This one.
        record One(Endpoint workload, int port) implements To {}
    }

    static Duration shorter(Duration a, Duration b) {
        if (a.isZero()) {
            return b;
        }
        return b.isZero() || a.compareTo(b) < 0 ? a : b;
    }
}
