package dev.culvert.controlplane.caller;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

/// Counts failed authentications per address, so that an address that guesses is turned away before
/// its tokens cost us a review or a log line each.
///
/// Thread-safe: one short lock, taken only when an authentication has failed. Each address may fail
/// [#BURST] times, and gets one more try each second; [#MAX_ADDRESSES] are remembered, the one that
/// failed longest ago forgotten first.
final class FailureLimiter {
    static final int BURST = 20;
    static final int MAX_ADDRESSES = 10_000;
    private static final long TRY = 1_000;
    private static final long FULL = BURST * TRY;

    private final Clock clock;
    private final Map<String, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
            return size() > MAX_ADDRESSES;
        }
    };

    FailureLimiter(Clock clock) {
        this.clock = clock;
    }

    /// @param credit what is left, in milliseconds: a try costs as many as bring the next one
    /// @param at when that was so
    private record Bucket(long credit, long at) {
        long creditAt(long now) {
            return Math.min(FULL, credit + Math.max(0, now - at));
        }
    }

    /// Takes one try from `address`; false when it has none left.
    synchronized boolean tryFail(String address) {
        long now = clock.millis();
        Bucket bucket = buckets.get(address);
        long credit = bucket == null ? FULL : bucket.creditAt(now);
        boolean allowed = credit >= TRY;
        buckets.put(address, new Bucket(allowed ? credit - TRY : credit, now));
        return allowed;
    }

    /// Whether `address` has no try left.
    synchronized boolean exhausted(String address) {
        Bucket bucket = buckets.get(address);
        return bucket != null && bucket.creditAt(clock.millis()) < TRY;
    }
}
