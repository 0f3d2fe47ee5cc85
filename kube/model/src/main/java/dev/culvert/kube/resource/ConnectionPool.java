package dev.culvert.kube.resource;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Limits of the connections to a service. Zero for numbers, and null for durations, is the mesh's default.
/// Immutable.
public record ConnectionPool(Tcp tcp, Http http) {
    /// Limits of any connection.
    ///
    /// @param idleTimeout zero for none
    public record Tcp(
            int maxConnections,
            @Nullable Duration connectTimeout,
            @Nullable Duration maxConnectionDuration,
            @Nullable Duration idleTimeout,
            @Nullable Keepalive keepalive) {}

    /// How the kernel looks whether a peer is still there.
    ///
    /// @param probes how many; 0 for the kernel's default
    public record Keepalive(
            int probes, @Nullable Duration time, @Nullable Duration interval) {}

    /// Limits of HTTP connections and requests.
    ///
    /// @param pings null when the manifest has none
    public record Http(
            int maxPendingRequests,
            int maxRequests,
            int maxRequestsPerConnection,
            int maxRetries,
            int maxConcurrentStreams,
            @Nullable Duration idleTimeout,
            H2Upgrade h2Upgrade,
            boolean useClientProtocol,
            @Nullable Pings pings) {}

    /// HTTP/2 PING frames, and how long an answer may take.
    public record Pings(Duration interval, Duration timeout) {}

    /// Whether requests that came as HTTP/1.1 go on as HTTP/2.
    public enum H2Upgrade {
        DEFAULT,
        DO_NOT_UPGRADE,
        UPGRADE
    }
}
