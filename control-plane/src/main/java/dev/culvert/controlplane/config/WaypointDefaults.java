package dev.culvert.controlplane.config;

import dev.culvert.api.waypoint.ExtAuthz;
import dev.culvert.api.waypoint.RetryPolicy;
import dev.culvert.api.waypoint.TelemetryProvider;
import dev.culvert.api.waypoint.Waypoint.PathNormalization;
import dev.culvert.kube.resource.TrafficPolicy.Locality;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// What the mesh configuration says to waypoints. Immutable.
///
/// @param retry           `defaultHttpRetryPolicy`
/// @param connectTimeout  `connectTimeout`; default 10 s
/// @param tunnelIdle      `hboneIdleTimeout`; default 1 h
/// @param authorizers     `extensionProviders` that judge, with the names of their services as written
/// @param tellers         `extensionProviders` that log, count or trace, with built-in ones
/// @param accessLogging   names of those that log by default
/// @param metrics         of those that count by default
/// @param tracing         of those that trace by default
/// @param sampledPercent  of requests that bring no decision
/// @param locality        `localityLbSetting`, where a DestinationRule has none
/// @param trustedProxies  `defaultConfig.gatewayTopology.numTrustedProxies`
public record WaypointDefaults(
        PathNormalization normalization,
        RetryPolicy retry,
        Duration connectTimeout,
        Duration tunnelIdle,
        List<ExtAuthz> authorizers,
        List<TelemetryProvider> tellers,
        List<String> accessLogging,
        List<String> metrics,
        List<String> tracing,
        double sampledPercent,
        Locality locality,
        int trustedProxies) {
    /// The name of the provider that `accessLogFile` stands for.
    public static final String MESH_LOG = "mesh-access-log";
    /// The built-in provider of the access log to standard output.
    public static final String ENVOY_LOG = "envoy";
    /// The built-in provider of metrics.
    public static final String PROMETHEUS = "prometheus";

    /// What is tried again besides the status codes that a rule names.
    public static final List<String> RETRIED = List.of("connect-failure", "refused-stream", "unavailable", "cancelled");
    /// How often.
    public static final int ATTEMPTS = 2;

    /// What holds when the configuration says nothing.
    public static final WaypointDefaults NONE = new WaypointDefaults(
            PathNormalization.BASE,
            RetryPolicy.newBuilder().setAttempts(ATTEMPTS).addAllOn(RETRIED).build(),
            Duration.ofSeconds(10),
            Duration.ofHours(1),
            List.of(),
            builtIn(),
            List.of(),
            List.of(PROMETHEUS),
            List.of(),
            1,
            new Locality(true, List.of(), Map.of(), List.of()),
            0);

    public WaypointDefaults {
        authorizers = List.copyOf(authorizers);
        tellers = List.copyOf(tellers);
        accessLogging = List.copyOf(accessLogging);
        metrics = List.copyOf(metrics);
        tracing = List.copyOf(tracing);
    }

    static List<TelemetryProvider> builtIn() {
        return List.of(
                TelemetryProvider.newBuilder()
                        .setName(ENVOY_LOG)
                        .setFileLog(TelemetryProvider.FileLog.newBuilder().setPath("/dev/stdout"))
                        .build(),
                TelemetryProvider.newBuilder()
                        .setName(PROMETHEUS)
                        .setPrometheus(true)
                        .build());
    }
}
