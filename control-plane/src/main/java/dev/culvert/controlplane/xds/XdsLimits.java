package dev.culvert.controlplane.xds;

import java.time.Duration;

/// What clients can make the discovery server hold or do. Immutable.
///
/// @param streams open at once, of all callers; more are refused
/// @param streamsPerCredential of one token; a proxy needs one, and for a moment two while it
///     reconnects
/// @param names subscribed by name on one stream and type
/// @param nameChars in one such name
/// @param requestBurst requests of a stream that are read without delay; then [#requestsPerSecond],
///     the rest waits in the client's own flow control
/// @param requestsPerSecond of one stream, in the long run
/// @param responseBytes of one response; what is more follows after its acknowledgement
/// @param largeBytes a response from this size on takes part in [#unacknowledgedLargeBytes]
/// @param unacknowledgedLargeBytes of all streams together, so that a thousand clients that come
///     back at once are served one after the other
/// @param acknowledgeWithin a client that takes longer is disconnected, to begin anew
/// @param settle changes within this time of the first go out together
/// @param interval between two pushes to one client, at least
public record XdsLimits(
        int streams,
        int streamsPerCredential,
        int names,
        int nameChars,
        int requestBurst,
        int requestsPerSecond,
        long responseBytes,
        long largeBytes,
        long unacknowledgedLargeBytes,
        Duration acknowledgeWithin,
        Duration settle,
        Duration interval) {
    /// For a mesh of some thousand nodes.
    public static final XdsLimits DEFAULT = new XdsLimits(
            10_000,
            100,
            20_000,
            512,
            1_000,
            500,
            64L << 20,
            1L << 20,
            256L << 20,
            Duration.ofSeconds(60),
            Duration.ofMillis(10),
            Duration.ofMillis(100));
}
