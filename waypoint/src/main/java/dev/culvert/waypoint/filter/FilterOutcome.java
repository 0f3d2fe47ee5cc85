package dev.culvert.waypoint.filter;

import dev.culvert.waypoint.exchange.LocalReply;
import java.util.List;

/// What becomes of a request after its filters. Immutable.
public sealed interface FilterOutcome {

    /// It goes on, as the filters have changed it.
    ///
    /// @param mirrors to send copies to; their answers are of no interest
    /// @param response what to do to the response, and to an answer of our own in its place
    record Continue(List<BackendTarget> mirrors, ResponseEdits response) implements FilterOutcome {
        /// Unchanged, and nothing to do later.
        static final Continue UNCHANGED = new Continue(List.of(), ResponseEdits.NONE);
    }

    /// It is answered here; the response's edits are already made.
    record Reply(LocalReply reply) implements FilterOutcome {}
}
