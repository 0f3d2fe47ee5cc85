package dev.culvert.waypoint.http;

import java.time.Duration;

/// How requests are carried. Immutable.
///
/// @param replayBytes body that is kept so that a request can be sent again; 64 KiB
/// @param holdBytes body that is held while there is no backend yet; 64 KiB
/// @param bodyIdle see [HttpSettings]
public record FlowSettings(int replayBytes, int holdBytes, Duration bodyIdle) {
    public static final FlowSettings DEFAULT = new FlowSettings(64 << 10, 64 << 10, Duration.ofMinutes(5));
}
