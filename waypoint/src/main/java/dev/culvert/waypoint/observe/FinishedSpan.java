package dev.culvert.waypoint.observe;

import java.time.Instant;
import java.util.Map;

/// A span that has ended and is to be sent. Immutable.
///
/// @param own its id
/// @param nanos how long it took
/// @param tags in order
/// @param failed whether the answer was an error of the server's
record FinishedSpan(
        TraceContext trace,
        long own,
        String name,
        Instant start,
        long nanos,
        Map<String, String> tags,
        boolean failed) {}
