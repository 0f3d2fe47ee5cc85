package dev.culvert.waypoint.upstream;

import dev.culvert.waypoint.upstream.TrafficPolicy.Outliers;
import java.util.concurrent.atomic.AtomicInteger;

/// What is counted of one endpoint while requests run.
///
/// Thread-safe; lives as long as the endpoint, over changes of configuration. Times are of [System#nanoTime].
final class EndpointState {
    /// No ejection is longer (Envoy's `max_ejection_time`).
    private static final long LONGEST_NANOS = 300_000_000_000L;

    private final long since;
    private final AtomicInteger active = new AtomicInteger();
    private final AtomicInteger serverErrors = new AtomicInteger();
    private final AtomicInteger gatewayErrors = new AtomicInteger();
    private final AtomicInteger localFailures = new AtomicInteger();
    private final AtomicInteger ejections = new AtomicInteger();
    private volatile boolean ejected;
    private volatile long ejectedUntil;

    /// @param since when the endpoint was first seen
    EndpointState(long since) {
        this.since = since;
    }

    long since() {
        return since;
    }

    int active() {
        return active.get();
    }

    void started() {
        active.incrementAndGet();
    }

    void ended() {
        active.decrementAndGet();
    }

    /// Whether outlier detection has it set aside at this time.
    boolean isEjected(long now) {
        return ejected && ejectedUntil - now > 0;
    }

    /// An answer came.
    ///
    /// @return whether a limit is reached and the endpoint should be ejected
    boolean answered(int status, Outliers rules) {
        localFailures.set(0);
        if (status < 500) {
            serverErrors.set(0);
            gatewayErrors.set(0);
            return false;
        }
        boolean gateway = status >= 502 && status <= 504;
        if (!gateway) {
            gatewayErrors.set(0);
        }
        boolean ofServer = reached(serverErrors, rules.serverErrors());
        boolean ofGateway = gateway && reached(gatewayErrors, rules.gatewayErrors());
        return ofServer || ofGateway;
    }

    /// No answer came: connect failure, reset, timeout.
    ///
    /// @return whether a limit is reached and the endpoint should be ejected
    boolean failed(Outliers rules) {
        if (rules.splitLocal()) {
            return reached(localFailures, rules.localFailures());
        }
        boolean ofServer = reached(serverErrors, rules.serverErrors());
        boolean ofGateway = reached(gatewayErrors, rules.gatewayErrors());
        return ofServer || ofGateway;
    }

    private static boolean reached(AtomicInteger count, int limit) {
        return count.incrementAndGet() >= limit && limit > 0;
    }

    /// Sets it aside for the base time multiplied by how often that happened lately.
    void eject(long now, Outliers rules) {
        // Each whole interval that it was in use forgives one ejection.
        long inUse = ejected ? now - ejectedUntil : 0;
        int forgiven = (int) Math.min(
                Integer.MAX_VALUE,
                Math.max(0, inUse) / Math.max(1, rules.interval().toNanos()));
        int times = ejections.updateAndGet(count -> Math.max(0, count - forgiven) + 1);
        long base = Math.min(LONGEST_NANOS, rules.ejection().toNanos());
        long length = base > LONGEST_NANOS / times ? LONGEST_NANOS : base * times;
        ejectedUntil = now + Math.max(length, base);
        ejected = true;
        serverErrors.set(0);
        gatewayErrors.set(0);
        localFailures.set(0);
    }
}
