package dev.culvert.hbone.pool;

import dev.culvert.hbone.ConnectReply;
import dev.culvert.hbone.ConnectRequest;
import dev.culvert.hbone.HboneLimits;
import dev.culvert.hbone.TunnelFailure;
import dev.culvert.hbone.tls.TlsContexts;
import io.netty.channel.EventLoop;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// The connections of one loop to its peers. Confined to that loop.
///
/// A request is served by a connection of its key that has a stream free; else it joins the dial that is under
/// way for its key, or starts one. A connection that reached its number of streams serves again as soon as one
/// ends; one that is going away never does.
public final class TunnelPool {
    private final EventLoop loop;
    private final HboneLimits limits;
    private final TlsContexts tls;
    private final Map<TunnelKey, PoolEntry> entries = new HashMap<>();
    private boolean closed;

    public TunnelPool(EventLoop loop, HboneLimits limits, TlsContexts tls) {
        this.loop = loop;
        this.limits = limits;
        this.tls = tls;
    }

    /// Asks for a tunnel, on a connection at hand or on a new one. `callback` is called once, on the loop, unless
    /// the attempt is cancelled first.
    public TunnelAttempt connect(
            TunnelKey key, ConnectRequest request, TunnelDialer dialer, Consumer<ConnectReply> callback) {
        assert loop.inEventLoop();
        if (closed) {
            callback.accept(new ConnectReply.Failed(new TunnelFailure.ClosedByUs("the pool is closed")));
            return () -> {};
        }
        PoolEntry entry = entries.get(key);
        if (entry == null) {
            entry = new PoolEntry(key, loop, limits, tls, () -> entries.remove(key));
            entries.put(key, entry);
        }
        Waiter waiter = new Waiter(entry, request, dialer, callback);
        entry.submit(waiter);
        return waiter;
    }

    /// Closes what belongs to a workload that has left; its streams fail.
    public void evict(String ownUid) {
        assert loop.inEventLoop();
        for (PoolEntry entry : List.copyOf(entries.values())) {
            if (entry.key().ownUid().equals(ownUid)) {
                entries.remove(entry.key());
                entry.close("the workload has left");
            }
        }
    }

    /// Closes everything; later requests fail.
    public void close() {
        assert loop.inEventLoop();
        closed = true;
        List<PoolEntry> all = List.copyOf(entries.values());
        entries.clear();
        all.forEach(entry -> entry.close("draining"));
    }

    /// How full the pool is.
    public PoolCounts counts() {
        assert loop.inEventLoop();
        int connections = 0;
        int dialing = 0;
        int waiting = 0;
        int streams = 0;
        for (PoolEntry entry : entries.values()) {
            PoolCounts some = entry.counts();
            connections += some.connections();
            dialing += some.dialing();
            waiting += some.waiting();
            streams += some.streams();
        }
        return new PoolCounts(connections, dialing, waiting, streams);
    }
}
