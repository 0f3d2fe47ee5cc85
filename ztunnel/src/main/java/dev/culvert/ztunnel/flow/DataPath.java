package dev.culvert.ztunnel.flow;

import dev.culvert.hbone.HboneLimits;
import dev.culvert.hbone.loop.PerLoop;
import dev.culvert.hbone.pool.TunnelPool;
import dev.culvert.hbone.tls.TlsContexts;
import dev.culvert.mesh.state.Arrival;
import dev.culvert.mesh.state.MeshState;
import dev.culvert.mesh.xds.OnDemand;
import dev.culvert.ztunnel.config.ZtunnelConfig;
import dev.culvert.ztunnel.connection.CloseReason;
import dev.culvert.ztunnel.connection.ConnectionJournal;
import dev.culvert.ztunnel.connection.ConnectionTable;
import dev.culvert.ztunnel.connection.PodIdentity;
import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// What all flows of the process share. Immutable, and thread-safe: what is confined is asked for by loop.
///
/// @param config of the process
/// @param mesh the world
/// @param arrival how a connection waits for its own workload
/// @param onDemand how a connection asks for what the world does not show
/// @param loops what each loop has
public record DataPath(
        ZtunnelConfig config, MeshState mesh, Arrival arrival, OnDemand onDemand, PerLoop<LoopState> loops) {
    /// How long a connection waits for the workload of its own pod.
    public static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final long PUBLISH_SECONDS = 1;

    /// Puts together what the loops of `group` have, and starts publishing the bytes of their connections.
    public static PerLoop<LoopState> loops(
            EventLoopGroup group, HboneLimits limits, TlsContexts tls, ConnectionJournal journal) {
        PerLoop<LoopState> loops = PerLoop.of(
                group, loop -> new LoopState(loop, new TunnelPool(loop, limits, tls), new ConnectionTable(journal)));
        for (LoopState each : loops.all()) {
            ConnectionTable connections = each.connections();
            each.loop().scheduleAtFixedRate(connections::publish, PUBLISH_SECONDS, PUBLISH_SECONDS, TimeUnit.SECONDS);
        }
        return loops;
    }

    /// The network of this node.
    public String network() {
        return config.node().network();
    }

    /// Cuts everything of a pod: its connections, which end for `reason`, and its tunnels to peers.
    public void endPod(PodIdentity pod, CloseReason reason) {
        loops.post(loop -> {
            loop.connections().close(entry -> entry.pod().equals(pod), _ -> reason);
            loop.tunnels().evict(pod.uid());
        });
    }

    /// Cuts everything: the deadline of a drain has passed.
    public void cutAll() {
        loops.post(loop -> {
            loop.connections().close(_ -> true, _ -> new CloseReason.Drained());
            loop.tunnels().close();
        });
    }
}
