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

    private record Bucket(double tries, long millis) {}

    /// Takes one try from `address`; false when it has none left.
    synchronized boolean tryFail(String address) {
        long now = clock.millis();
        Bucket old = buckets.getOrDefault(address, new Bucket(BURST, now));
        double tries = Math.min(BURST, old.tries() + Math.max(0, now - old.millis()) / 1000.0);
        boolean allowed = tries >= 1;
        buckets.put(address, new Bucket(allowed ? tries - 1 : tries, now));
        return allowed;
    }

    /// Whether `address` has no try left.
    synchronized boolean exhausted(String address) {
        Bucket bucket = buckets.get(address);
        return bucket != null && bucket.tries() + Math.max(0, clock.millis() - bucket.millis()) / 1000.0 < 1;
    }
}
