package dev.culvert.hbone.pool;

import dev.culvert.hbone.ConnectReply;
import dev.culvert.hbone.ConnectRequest;
import dev.culvert.hbone.HboneLimits;
import dev.culvert.hbone.tls.TlsContexts;
import io.netty.channel.EventLoop;
import java.util.function.Consumer;

/// The connections of one loop to its peers. Confined to that loop.
public final class TunnelPool {

    public TunnelPool(EventLoop loop, HboneLimits limits, TlsContexts tls) {}

    /// Asks for a tunnel, on a connection at hand or on a new one. `callback` is called once, on the loop, unless
    /// the attempt is cancelled first.
    public TunnelAttempt connect(
            TunnelKey key, ConnectRequest request, TunnelDialer dialer, Consumer<ConnectReply> callback) {
        return () -> {};
    }

    /// Closes what belongs to a workload that has left; its streams fail.
    public void evict(String ownUid) {}

    /// Closes everything; later requests fail.
    public void close() {}

    /// How full the pool is.
    public PoolCounts counts() {
        return new PoolCounts(0, 0, 0, 0);
    }
}
