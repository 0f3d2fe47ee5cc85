package dev.culvert.waypoint.route;

import java.time.Duration;

/// Durations from messages. Stateless.
final class Durations {
    private Durations() {}

    /// Zero for an absent one, and for a negative one.
    static Duration of(com.google.protobuf.Duration duration) {
        Duration value = Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
        return value.isNegative() ? Duration.ZERO : value;
    }
}
