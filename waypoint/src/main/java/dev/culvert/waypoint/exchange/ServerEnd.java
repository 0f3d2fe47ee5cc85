package dev.culvert.waypoint.exchange;

import java.net.SocketAddress;

/// The end of an exchange where the request was sent to. Confined to the loop of the exchange.
public interface ServerEnd extends PeerEnd {
    /// Our own address of the connection.
    SocketAddress localAddress();
}
