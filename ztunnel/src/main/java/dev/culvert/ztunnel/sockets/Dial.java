package dev.culvert.ztunnel.sockets;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// A connection to make from a pod. Immutable.
///
/// @param to where to
/// @param from address to show to the other end instead of the pod's own, as far as the kernel lets us; null for
///     the pod's own
/// @param use what the channel is for
public record Dial(InetSocketAddress to, @Nullable InetAddress from, ChannelUse use) {

    /// A connection from the pod's own address, to be relayed.
    public static Dial plain(InetSocketAddress to) {
        return new Dial(to, null, ChannelUse.RELAY);
    }

    /// A connection from the pod's own address, for a tunnel.
    public static Dial tunnel(InetSocketAddress to) {
        return new Dial(to, null, ChannelUse.TUNNEL);
    }

    /// Whether the source is another than the pod's own and can be shown to this destination.
    public boolean keepsSource() {
        return from != null && from.getClass() == to.getAddress().getClass() && !from.equals(to.getAddress());
    }
}
