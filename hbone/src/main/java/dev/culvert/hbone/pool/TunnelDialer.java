package dev.culvert.hbone.pool;

import dev.culvert.hbone.tls.CertificateSource;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;

/// How a pool gets a connection: who we are, and a socket in the right namespace.
public interface TunnelDialer {

    /// The certificate of the workload on whose behalf we dial.
    CertificateSource certificates();

    /// Makes a channel on `loop` with `handler` as its only handler and connects it to the key's destination. The
    /// dialer sets socket options and the time allowed for the connect; it closes the channel when the connect
    /// fails.
    ///
    /// The socket may have to be made on another thread first, so that the channel is not at hand at once.
    ///
    /// @return the connected channel, told on `loop`; the cause of a failure is that of the connect
    Future<Channel> dial(TunnelKey key, EventLoop loop, ChannelHandler handler);
}
