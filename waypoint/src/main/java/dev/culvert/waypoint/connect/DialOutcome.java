package dev.culvert.waypoint.connect;

import dev.culvert.waypoint.exchange.UpstreamFailure;
import io.netty.channel.Channel;

/// What came of a dial.
public sealed interface DialOutcome {

    /// A channel whose reading is off, with the handler that the dialler was given in its pipeline.
    record Connected(Channel channel) implements DialOutcome {}

    /// No connection.
    record Failed(UpstreamFailure failure) implements DialOutcome {}
}
