package dev.culvert.waypoint.http;

import dev.culvert.waypoint.codec.HttpLimits;
import java.time.Duration;

/// How clients are served. Immutable.
///
/// @param headTime from the first byte of a head to its last; 10 s
/// @param idle a connection without a request is kept as long; 1 h
/// @param bodyIdle a request whose body makes no progress while it is waited for is given up after
///     this; 5 min. Calls of gRPC and upgraded connections are not
/// @param http10 whether clients may speak HTTP/1.0
public record HttpSettings(HttpLimits limits, Duration headTime, Duration idle, Duration bodyIdle, boolean http10) {
    public static final HttpSettings DEFAULT = new HttpSettings(
            HttpLimits.DEFAULT, Duration.ofSeconds(10), Duration.ofHours(1), Duration.ofMinutes(5), false);
}
