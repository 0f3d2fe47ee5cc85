package dev.culvert.mesh.identity;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to wait after the nth failure in a row: 1 s, doubled each time up to 150 s, give or take a
/// fifth so that many nodes do not come back together. Stateless.
final class BackOff {
    private static final double FIRST_SECONDS = 1;
    private static final double CAP_SECONDS = 150;
    private static final double SPREAD = 0.2;
    private static final int DOUBLINGS_TO_CAP = 8;

    private BackOff() {}

    /// @param failures in a row so far, at least 1
    static Duration after(int failures, RandomGenerator random) {
        double plain = FIRST_SECONDS * (1L << Math.min(failures - 1, DOUBLINGS_TO_CAP));
        double spread = 1 + SPREAD * (2 * random.nextDouble() - 1);
        return Duration.ofMillis(Math.round(Math.min(plain, CAP_SECONDS) * spread * 1000));
    }
}
