package dev.culvert.ztunnel.inpod;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// Waits that double, give or take a fifth, up to a limit. Confined to one thread.
final class Backoff {
    private static final double SPREAD = 0.2;

    private final Duration first;
    private final Duration most;
    private final RandomGenerator random;
    private Duration next;

    Backoff(Duration first, Duration most, RandomGenerator random) {
        this.first = first;
        this.most = most;
        this.random = random;
        this.next = first;
    }

    /// The next wait.
    Duration next() {
        Duration wait = next;
        next = wait.multipliedBy(2).compareTo(most) < 0 ? wait.multipliedBy(2) : most;
        return Duration.ofNanos((long) (wait.toNanos() * (1 - SPREAD + 2 * SPREAD * random.nextDouble())));
    }

    /// Begins anew, after a success.
    void reset() {
        next = first;
    }
}
