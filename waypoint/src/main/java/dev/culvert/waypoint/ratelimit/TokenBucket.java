package dev.culvert.waypoint.ratelimit;

import java.util.concurrent.atomic.AtomicLong;

/// A bucket that refills evenly. Thread-safe without a lock, since every event loop draws from
/// it: all of its state is the moment at which it will be full again (the generic cell rate
/// algorithm, ITU-T I.371).
final class TokenBucket {
    /// In the clock's nanoseconds.
    private final AtomicLong fullAt;

    /// Full at `now`.
    TokenBucket(long now) {
        fullAt = new AtomicLong(now);
    }

    /// Takes a token.
    ///
    /// @return 0 when there was one, else the nanoseconds until there will be one
    long take(BucketShape shape, long now) {
        while (true) {
            long before = fullAt.get();
            long after = later(before, now) + shape.interval();
            long missing = after - now - shape.window();
            if (missing > 0) {
                return missing;
            }
            if (fullAt.compareAndSet(before, after)) {
                return 0;
            }
        }
    }

    /// Puts back a token that was taken for nothing.
    void giveBack(BucketShape shape) {
        fullAt.addAndGet(-shape.interval());
    }

    /// Whole tokens that are left.
    long remaining(BucketShape shape, long now) {
        return Math.max(0, (shape.window() - nanosUntilFull(now)) / shape.interval());
    }

    long nanosUntilFull(long now) {
        return Math.max(0, fullAt.get() - now);
    }

    /// Clocks of this kind may wrap round: they are compared by their difference.
    private static long later(long a, long b) {
        return a - b > 0 ? a : b;
    }
}
