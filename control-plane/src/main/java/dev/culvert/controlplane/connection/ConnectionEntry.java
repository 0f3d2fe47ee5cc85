package dev.culvert.controlplane.connection;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/// One open connection. Guarded by its [ConnectionTable].
final class ConnectionEntry {
    final Channel channel;
    /// Public name of the token that vouched for it; null until then.
    @Nullable
    String credential;

    int refusedCalls;

    ConnectionEntry(Channel channel) {
        this.channel = channel;
    }
}
