package dev.culvert.waypoint.connect;

import dev.culvert.waypoint.codec.HttpLimits;
import dev.culvert.waypoint.upstream.TrafficPolicy;
import java.time.Duration;

/// How connections to backends are made and kept, where their cluster does not say. Immutable.
///
/// @param connectTimeout 10 s
/// @param idle an HTTP connection without a request is kept as long; 1 min
/// @param tcpIdle an opaque connection without a byte; 1 h
public record UpstreamSettings(HttpLimits limits, Duration connectTimeout, Duration idle, Duration tcpIdle) {
    public static final UpstreamSettings DEFAULT = new UpstreamSettings(
            HttpLimits.DEFAULT, Duration.ofSeconds(10), Duration.ofMinutes(1), Duration.ofHours(1));

    Duration connectTimeout(TrafficPolicy.Limits cluster) {
        return cluster.connectTimeout() == null ? connectTimeout : cluster.connectTimeout();
    }

    Duration idle(TrafficPolicy.Limits cluster) {
        return cluster.httpIdle() == null ? idle : cluster.httpIdle();
    }

    /// With what the control plane says of the mesh.
    public UpstreamSettings withConnectTimeout(Duration other) {
        return new UpstreamSettings(limits, other, idle, tcpIdle);
    }
}
