package dev.culvert.ztunnel.capture;

import dev.culvert.ztunnel.connection.Captured;
import io.netty.channel.Channel;

/// Takes captured connections over. Called on the loop of the channel.
@FunctionalInterface
public interface CaptureHandler {

    /// `channel` was captured. It is not being read, and its pipeline is empty.
    void captured(Channel channel, Captured captured);
}
