package dev.culvert.ztunnel.outbound;

import dev.culvert.api.SpiffeId;
import dev.culvert.hbone.ConnectReply;
import dev.culvert.hbone.ConnectRequest;
import dev.culvert.hbone.header.Forwarded;
import dev.culvert.hbone.header.TraceParent;
import dev.culvert.hbone.pool.TunnelAttempt;
import dev.culvert.hbone.pool.TunnelDialer;
import dev.culvert.hbone.pool.TunnelKey;
import dev.culvert.hbone.pool.TunnelPool;
import dev.culvert.hbone.tls.CertificateSource;
import dev.culvert.mesh.model.Service;
import dev.culvert.mesh.model.Workload;
import dev.culvert.ztunnel.connection.Captured;
import dev.culvert.ztunnel.connection.CloseReason;
import dev.culvert.ztunnel.connection.CloseReason.Origin;
import dev.culvert.ztunnel.flow.PodContext;
import dev.culvert.ztunnel.flow.WorkloadBaggage;
import dev.culvert.ztunnel.relay.Relay;
import dev.culvert.ztunnel.relay.TunnelEnd;
import dev.culvert.ztunnel.route.OutboundDecision;
import dev.culvert.ztunnel.sockets.Dial;
import dev.culvert.ztunnel.sockets.PodSockets;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// Carries a connection on through a tunnel, on a pooled connection of the loop. Confined to its loop.
final class HboneForward implements Forward {
    private final TunnelPool tunnels;
    private final OutboundDecision.Hbone decision;
    private final TunnelKey key;
    private final ConnectRequest request;
    private final TunnelDialer dialer;
    private @Nullable TunnelAttempt attempt;
    private boolean cancelled;

    /// @param own workload of the pod
    /// @param identity of the pod
    HboneForward(
            TunnelPool tunnels,
            PodContext pod,
            Captured captured,
            Workload own,
            SpiffeId identity,
            OutboundDecision.Hbone decision) {
        this.tunnels = tunnels;
        this.decision = decision;
        key = new TunnelKey(
                pod.pod().uid(),
                identity,
                decision.expected(),
                decision.to(),
                captured.peer().getAddress());
        Service service = decision.service();
        request = new ConnectRequest(
                decision.authority(),
                WorkloadBaggage.of(own),
                new Forwarded(captured.peer(), service == null ? null : service.hostname()),
                TraceParent.random(),
                null,
                null);
        dialer = new PodDialer(pod.sockets(), pod.certificates());
    }

    @Override
    public void dial(Outcome outcome) {
        TunnelAttempt started = tunnels.connect(key, request, dialer, reply -> answered(reply, outcome));
        attempt = started;
        if (cancelled) {
            started.cancel();
        }
    }

    private void answered(ConnectReply reply, Outcome outcome) {
        switch (reply) {
            case ConnectReply.Accepted accepted ->
                outcome.connected(
                        (entry, downstream) -> Relay.intoTunnel(entry, downstream, new TunnelEnd(accepted.stream())));
            case ConnectReply.Refused refused ->
                outcome.failed(new CloseReason.TunnelRefused(
                        decision.to(), decision.authority().toString(), refused.status(), refused.reason()));
            case ConnectReply.Failed failed ->
                outcome.failed(new CloseReason.TunnelFailed(Origin.UPSTREAM, failed.failure()));
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        if (attempt != null) {
            attempt.cancel();
        }
    }

    /// Connects tunnels from the pod, under the pod's identity.
    private record PodDialer(PodSockets sockets, CertificateSource certificates) implements TunnelDialer {
        @Override
        public Future<Channel> dial(TunnelKey key, EventLoop loop, ChannelHandler handler) {
            return sockets.connect(loop, Dial.tunnel(key.destination()), handler);
        }
    }
}
