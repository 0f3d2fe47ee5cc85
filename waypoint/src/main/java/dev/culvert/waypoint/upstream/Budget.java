package dev.culvert.waypoint.upstream;

import dev.culvert.waypoint.upstream.TrafficPolicy.Limits;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// What of a cluster's limits is taken, on all loops together. Thread-safe; lives over changes of configuration.
public final class Budget {
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger retries = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger pending = new AtomicInteger();

    /// Counts a request in.
    ///
    /// @return null, or the limit that is in the way
    @Nullable
    String start(Limits limits, boolean retry) {
        if (!take(requests, limits.requests())) {
            return "http2MaxRequests " + limits.requests();
        }
        if (retry && !take(retries, limits.retries())) {
            requests.decrementAndGet();
            return "maxRetries " + limits.retries();
        }
        return null;
    }

    void ended(boolean retry) {
        requests.decrementAndGet();
        if (retry) {
            retries.decrementAndGet();
        }
    }

    /// Counts a connection of HTTP/1.1 or of opaque traffic in, unless `maxConnections` is reached.
    public boolean connect(Limits limits) {
        return take(connections, limits.connections());
    }

    /// Such a connection has been closed.
    public void disconnected() {
        connections.decrementAndGet();
    }

    /// Counts a request in that waits for a connection, unless `http1MaxPendingRequests` is reached.
    public boolean enqueue(Limits limits) {
        return take(pending, limits.pending());
    }

    /// Such a request waits no more.
    public void dequeued() {
        pending.decrementAndGet();
    }

    private static boolean take(AtomicInteger count, int limit) {
        if (count.incrementAndGet() > limit) {
            count.decrementAndGet();
            return false;
        }
        return true;
    }
}
