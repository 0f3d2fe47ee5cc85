package dev.culvert.ztunnel.outbound;

import dev.culvert.api.SpiffeId;
import dev.culvert.hbone.header.Baggage;
import dev.culvert.mesh.model.Service;
import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.state.MeshSnapshot;
import dev.culvert.ztunnel.capture.CaptureHandler;
import dev.culvert.ztunnel.connection.Captured;
import dev.culvert.ztunnel.connection.CloseReason;
import dev.culvert.ztunnel.connection.Direction;
import dev.culvert.ztunnel.connection.Traffic;
import dev.culvert.ztunnel.flow.DataPath;
import dev.culvert.ztunnel.flow.PodContext;
import dev.culvert.ztunnel.flow.PodFlow;
import dev.culvert.ztunnel.policy.LoopGuard;
import dev.culvert.ztunnel.relay.RelayStart;
import dev.culvert.ztunnel.relay.TcpEnd;
import dev.culvert.ztunnel.route.Inquiry;
import dev.culvert.ztunnel.route.OutboundDecision;
import dev.culvert.ztunnel.route.OutboundRouter;
import dev.culvert.ztunnel.route.Unknowns;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// One connection that the pod's application makes, from its capture until the relay takes over. Confined to the loop
/// that accepted it.
///
/// The steps are: open the books; guard; wait for the pod's own workload; decide on one snapshot; dial; relay. The
/// client is not read before the last. A connection that comes to nothing is closed with its input unread, so that
/// the kernel answers a client that has already written with a reset.
public final class OutboundFlow extends PodFlow implements Forward.Outcome {
    private final TcpEnd client;
    private @Nullable Inquiry inquiry;
    private @Nullable Forward forward;

    private OutboundFlow(DataPath path, PodContext pod, Channel channel, Captured captured) {
        super(path, pod, path.loops().on(channel.eventLoop()), Direction.OUTBOUND, captured);
        client = TcpEnd.install(channel, () -> abort(new CloseReason.ClientLeft()));
    }

    /// Starts a flow for each connection that the outbound listener of `pod` captures.
    public static CaptureHandler handler(DataPath path, PodContext pod) {
        return (channel, captured) -> new OutboundFlow(path, pod, channel, captured).start();
    }

    private void start() {
        entry.target(this);
        CloseReason objection = LoopGuard.outbound(captured.destination());
        if (objection != null) {
            abort(objection);
            return;
        }
        awaitOwn();
    }

    @Override
    protected void decide(MeshSnapshot world, Workload own) {
        OutboundRouter.Query query =
                new OutboundRouter.Query(world, path.network(), own, captured.peer(), captured.destination());
        if (path.onDemand().isOn() && asks(Unknowns.of(query))) {
            return;
        }
        switch (OutboundRouter.decide(query, ThreadLocalRandom.current())) {
            case OutboundDecision.PassThrough to -> plain(own, to.to(), null, to.service());
            case OutboundDecision.Plain to -> plain(own, to.to(), to.destination(), to.service());
            case OutboundDecision.Hbone to -> tunnel(own, to);
            case OutboundDecision.OtherNetwork to ->
                abort(new CloseReason.OtherNetwork(
                        "workload " + to.nextHop().uid(), to.nextHop().network(), own.network()));
            case OutboundDecision.Reject reject -> abort(reject.reason());
        }
    }

    private boolean asks(Set<Unknowns.Wanted> wanted) {
        if (inquiry == null) {
            inquiry = new Inquiry(path, pod.pod().workload(), loop.loop(), this, this::abort);
        }
        return inquiry.asks(wanted);
    }

    private void plain(Workload own, InetSocketAddress to, @Nullable Workload destination, @Nullable Service service) {
        SpiffeId identity = destination == null ? null : destination.identity();
        entry.opened(new Traffic(
                own,
                Baggage.EMPTY,
                null,
                destination,
                identity,
                service == null ? null : service.key(),
                to,
                null,
                false));
        dial(new TcpForward(
                loop.loop(), pod.sockets(), to, path.config().sockets().connectTimeout()));
    }

    private void tunnel(Workload own, OutboundDecision.Hbone to) {
        SpiffeId identity = own.identity();
        if (identity == null) {
            abort(new CloseReason.NoIdentity(own.uid().toString()));
            return;
        }
        Service service = to.service();
        entry.opened(new Traffic(
                own,
                Baggage.EMPTY,
                identity,
                to.nextHop(),
                to.nextHop().identity(),
                service == null ? null : service.key(),
                to.to(),
                to.authority().toString(),
                true));
        dial(new HboneForward(loop.tunnels(), pod, captured, own, identity, to));
    }

    private void dial(Forward chosen) {
        forward = chosen;
        chosen.dial(this);
    }

    @Override
    public void connected(RelayStart start) {
        relayed();
        start.join(entry, client);
    }

    @Override
    public void failed(CloseReason reason) {
        forward = null;
        abort(reason);
    }

    /// Ends the connection before it was relayed.
    @Override
    public void abort(CloseReason reason) {
        if (end(reason)) {
            client.discard();
        }
    }

    @Override
    protected void cancel() {
        if (inquiry != null) {
            inquiry.cancel();
        }
        if (forward != null) {
            forward.cancel();
        }
    }
}
