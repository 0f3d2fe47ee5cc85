package dev.culvert.mesh.xds;

import java.time.Duration;

/// How long to wait before the next attempt at the stream.
///
/// Confined to the state thread.
final class Reconnect {
    static final Duration SHORTEST = Duration.ofMillis(10);
    static final Duration LONGEST = Duration.ofSeconds(15);

    private Duration backOff = SHORTEST;

    /// A server that is away or says no is asked ever more seldom. One that went away, or ended in good
    /// order, is asked again at once, but never without any pause.
    Duration after(StreamEnd end) {
        backOff = switch (end) {
            case CONNECTION_ERROR, ERROR -> {
                Duration doubled = backOff.multipliedBy(2);
                yield doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
            }
            case RECONNECT, COMPLETE -> SHORTEST;
        };
        return backOff;
    }
}
