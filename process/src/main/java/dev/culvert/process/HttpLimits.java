package dev.culvert.process;

import java.time.Duration;

/// What one peer can make an HTTP endpoint of ours hold.
///
/// @param connections open at once per listener; more are answered 503 and closed
/// @param headBytes of the request line, and again of all header fields together
/// @param bodyBytes of a request's body
/// @param requestTime from the first byte (or from the connection's start) to the last of a request
/// @param idleTime between requests on a kept connection
/// @param writeTime a response may make no progress for this long
public record HttpLimits(
        int connections, int headBytes, int bodyBytes, Duration requestTime, Duration idleTime, Duration writeTime) {
    public static final HttpLimits DEFAULT = new HttpLimits(
            64, 8 * 1024, 64 * 1024, Duration.ofSeconds(2), Duration.ofSeconds(90), Duration.ofSeconds(30));

    public HttpLimits {
        if (connections < 1 || headBytes < 256 || bodyBytes < 0) {
            throw new IllegalArgumentException("HTTP limits are " + connections + " connections, " + headBytes
                    + " head bytes, " + bodyBytes + " body bytes; expected at least 1, 256 and 0");
        }
    }
}
