package dev.culvert.hbone.h2;

/// A count of events that a peer may cause in a period of time. Confined to its connection's loop.
final class Budget {
    private final int limit;
    private final long periodNanos;
    private long began;
    private int spent;

    Budget(int limit, long periodNanos, long now) {
        this.limit = limit;
        this.periodNanos = periodNanos;
        this.began = now;
    }

    /// Counts one event; whether it was within the limit.
    boolean spend(long now) {
        if (now - began >= periodNanos) {
            began = now;
            spent = 0;
        }
        return ++spent <= limit;
    }

    /// Makes room for `events` more in this period.
    void grant(int events) {
        spent -= Math.min(events, spent);
    }
}
