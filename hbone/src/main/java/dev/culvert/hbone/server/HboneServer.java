package dev.culvert.hbone.server;

import dev.culvert.hbone.HboneLimits;
import dev.culvert.hbone.TunnelAcceptor;
import dev.culvert.hbone.tls.CertificateSource;
import dev.culvert.hbone.tls.TlsContexts;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.time.Duration;

/// The server end of the tunnels of one workload. Thread-safe.
public final class HboneServer {

    public HboneServer(TlsContexts tls, HboneLimits limits, CertificateSource certificates, TunnelAcceptor acceptor) {}

    /// Makes an accepted channel a tunnel connection. Called on the channel's loop, before anything was read.
    public void install(Channel channel) {}

    /// Tells all clients that we go away, lets open streams come to their end, and after `deadline` closes what
    /// is left.
    ///
    /// @return done when the last connection is closed
    public Future<?> drain(Duration deadline) {
        return GlobalEventExecutor.INSTANCE.newSucceededFuture(null);
    }

    /// Open connections.
    public int connections() {
        return 0;
    }
}
