package dev.culvert.controlplane.xds;

/// How fast the requests of one stream are read. Confined to the stream.
final class RequestPace {
    private final int burst;
    private final int perSecond;
    private double tokens;
    private long lastNanos;

    RequestPace(int burst, int perSecond, long nowNanos) {
        this.burst = burst;
        this.perSecond = perSecond;
        this.tokens = burst;
        this.lastNanos = nowNanos;
    }

    /// Nanoseconds to wait before the next request may be read; 0 for at once.
    long delayNanos(long nowNanos) {
        tokens = Math.min(burst, tokens + (nowNanos - lastNanos) * perSecond / 1e9) - 1;
        lastNanos = nowNanos;
        return tokens >= 0 ? 0 : (long) (-tokens * 1e9 / perSecond);
    }
}
