package dev.culvert.ztunnel.flow;

import dev.culvert.hbone.pool.TunnelPool;
import dev.culvert.ztunnel.connection.ConnectionTable;
import io.netty.channel.EventLoop;

/// What there is once for each loop. Immutable itself; what it holds is confined to the loop.
///
/// @param tunnels connections to peers
/// @param connections open connections, of all pods
public record LoopState(EventLoop loop, TunnelPool tunnels, ConnectionTable connections) {}
