package dev.culvert.waypoint.fault;

import dev.culvert.waypoint.exchange.LocalReply;
import java.time.Duration;

/// What happens to one request. Immutable.
public sealed interface FaultDecision {
    /// Nothing.
    record None() implements FaultDecision {
        static final None NONE = new None();
    }

    /// It waits and then goes on.
    record Delay(Duration delay) implements FaultDecision {}

    /// It waits, when `delay` is not zero, and is then answered.
    record Abort(Duration delay, LocalReply reply) implements FaultDecision {}
}
