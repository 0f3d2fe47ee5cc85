package dev.culvert.controlplane.connection;

import java.time.Duration;

/// What callers can make the gRPC ports hold by connections alone. Immutable.
///
/// @param unproven connections open at once that have not made a call with a valid token yet; the
///     oldest goes for one more, so that nobody can keep others out by being there first
/// @param proveWithin time from the connect to the first call with a valid token, TLS included
/// @param perToken connections that one token may have; a proxy needs two, and for a moment four
///     while it reconnects
/// @param refusedCalls without a valid token on one connection; the next closes it
/// @param idle how long a connection may be without a call
public record ConnectionLimits(int unproven, Duration proveWithin, int perToken, int refusedCalls, Duration idle) {
    public static final int DEFAULT_UNPROVEN = 1_000;

    /// The limits, with `unproven` as an operator set it.
    public static ConnectionLimits of(int unproven) {
        return new ConnectionLimits(unproven, Duration.ofSeconds(20), 200, 10, Duration.ofSeconds(60));
    }
}
