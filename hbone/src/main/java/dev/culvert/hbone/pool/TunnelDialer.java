package dev.culvert.hbone.pool;

import dev.culvert.hbone.tls.CertificateSource;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;

/// How a pool gets a connection: who we are, and a socket in the right namespace.
public interface TunnelDialer {

    /// The certificate of the workload on whose behalf we dial.
    CertificateSource certificates();

    /// Makes a channel on `loop` with `handler` as its only handler and connects it to the key's destination. The
    /// dialer sets socket options and the time allowed for the connect; it closes the channel when the connect
    /// fails.
    ///
    /// @return done when the connect succeeded or failed
    ChannelFuture dial(TunnelKey key, EventLoop loop, ChannelHandler handler);
}
