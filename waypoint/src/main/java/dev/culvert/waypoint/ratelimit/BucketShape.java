package dev.culvert.waypoint.ratelimit;

import java.time.Duration;

/// How large buckets are and how fast they refill. Immutable.
///
/// @param capacity in tokens
/// @param interval nanoseconds for a token to come back
/// @param window nanoseconds for an empty bucket to be full
record BucketShape(long capacity, long interval, long window) {
    private static final long LONGEST = Duration.ofDays(365).toNanos();

    /// @param requests in each `per`, more than none
    /// @param burst that may come at once; 0 for as many as `requests`
    static BucketShape of(long requests, Duration per, long burst) {
        long capacity = burst > 0 ? burst : requests;
        long interval = Math.clamp(per.toNanos() / requests, 1, LONGEST);
        return new BucketShape(capacity, interval, capacity > LONGEST / interval ? LONGEST : capacity * interval);
    }
}
