package dev.culvert.waypoint.connect;

import dev.culvert.waypoint.exchange.RequestHead;
import dev.culvert.waypoint.exchange.ServerListener;
import dev.culvert.waypoint.upstream.TrafficPolicy;
import io.netty.channel.ChannelHandler;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// The connections of one loop to backends. Confined to that loop.
public final class Upstreams {
    private final Dialler dialler;
    private final UpstreamSettings settings;
    private final Map<Destination, DestinationPool> pools = new HashMap<>();

    public Upstreams(Dialler dialler, UpstreamSettings settings) {
        this.dialler = dialler;
        this.settings = settings;
    }

    /// Sends a request. The listener hears first that it is opened, or that it failed; both may be
    /// during this call.
    ///
    /// @param head stays the caller's, and must not change until it is opened
    /// @param bodyless whether no body follows
    /// @return gives the request up while there is no connection yet; later its end is to be reset
    public Runnable send(
            Destination to, TrafficPolicy.Limits limits, RequestHead head, boolean bodyless, ServerListener listener) {
        assert dialler.loop().inEventLoop();
        UpstreamRequest request = new UpstreamRequest(head, bodyless, listener);
        DestinationPool pool = pools.get(to);
        if (pool == null) {
            pool = new DestinationPool(to, dialler, settings, limits, () -> pools.remove(to));
            pools.put(to, pool);
        }
        pool.submit(request);
        return request::withdraw;
    }

    /// Makes a connection for opaque bytes.
    ///
    /// @param handler put at the end of its pipeline
    public void dial(
            Destination to, TrafficPolicy.Limits limits, ChannelHandler handler, Consumer<DialOutcome> outcome) {
        dialler.dial(to, settings.connectTimeout(limits), handler, outcome);
    }

    /// Connections that idle are closed, the others once they do.
    public void retire() {
        List.copyOf(pools.values()).forEach(DestinationPool::retire);
    }

    /// Open connections.
    public int size() {
        return pools.values().stream().mapToInt(DestinationPool::size).sum();
    }
}
