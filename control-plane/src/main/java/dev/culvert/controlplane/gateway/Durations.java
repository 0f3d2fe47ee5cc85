package dev.culvert.controlplane.gateway;

import com.google.protobuf.Duration;

/// Durations as messages carry them. Pure.
final class Durations {
    private Durations() {}

    static Duration of(java.time.Duration duration) {
        return Duration.newBuilder()
                .setSeconds(duration.getSeconds())
                .setNanos(duration.getNano())
                .build();
    }
}
