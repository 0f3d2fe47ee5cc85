package dev.culvert.ztunnel.inbound;

import dev.culvert.mesh.authz.ConnectionFacts;
import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.state.MeshSnapshot;
import dev.culvert.ztunnel.capture.CaptureHandler;
import dev.culvert.ztunnel.connection.Captured;
import dev.culvert.ztunnel.connection.CloseReason;
import dev.culvert.ztunnel.connection.Direction;
import dev.culvert.ztunnel.deliver.LocalDelivery;
import dev.culvert.ztunnel.flow.DataPath;
import dev.culvert.ztunnel.flow.PodContext;
import dev.culvert.ztunnel.flow.PodFlow;
import dev.culvert.ztunnel.policy.Admission;
import dev.culvert.ztunnel.policy.LoopGuard;
import dev.culvert.ztunnel.policy.Permit;
import dev.culvert.ztunnel.policy.PolicyGate;
import dev.culvert.ztunnel.relay.Relay;
import dev.culvert.ztunnel.relay.TcpEnd;
import dev.culvert.ztunnel.route.InboundRouter;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;

/// One plain connection to the pod's application, until the relay takes over. Confined to the loop that accepted it.
///
/// Nobody proved anything, so policy sees a client without identity: a pod that insists on mutual TLS refuses it. A
/// connection that comes to nothing is closed without a byte having been read or written.
public final class PlaintextFlow extends PodFlow {
    private final TcpEnd client;

    private PlaintextFlow(DataPath path, PodContext pod, Channel channel, Captured captured) {
        super(path, pod, path.loops().on(channel.eventLoop()), Direction.INBOUND, captured);
        client = TcpEnd.install(channel, () -> abort(new CloseReason.ClientLeft()));
    }

    /// Starts a flow for each connection that the plaintext listener of `pod` captures.
    public static CaptureHandler handler(DataPath path, PodContext pod) {
        return (channel, captured) -> new PlaintextFlow(path, pod, channel, captured).start();
    }

    private void start() {
        entry.target(this);
        CloseReason objection = LoopGuard.inbound(captured.destination());
        if (objection != null) {
            abort(objection);
            return;
        }
        awaitJudgeable();
    }

    @Override
    protected void decide(MeshSnapshot world, Workload own) {
        InetSocketAddress destination = captured.destination();
        InboundRouter.Query query = new InboundRouter.Query(world, path.network(), own, destination);
        entry.opened(InboundTraffic.ofPlain(
                new InboundTraffic.World(
                        world, path.network(), own, InboundRouter.serviceOf(query, destination.getPort())),
                captured));
        ConnectionFacts facts = new ConnectionFacts(
                null, captured.peer().getAddress(), destination.getAddress(), destination.getPort());
        switch (PolicyGate.admit(entry, path.mesh(), world, own, facts)) {
            case Admission.Refused refused -> abort(refused.reason());
            case Admission.Granted granted -> connect(granted.permit());
        }
    }

    private void connect(Permit permit) {
        LocalDelivery.connect(permit, pod.sockets(), loop.loop()).addListener((Future<Channel> done) -> {
            if (!done.isSuccess()) {
                abort(CloseReason.ofConnect(
                        captured.destination(), path.config().sockets().connectTimeout(), done.cause()));
            } else if (isOver()) {
                done.getNow().close();
            } else {
                relayed();
                Relay.tcp(entry, client, TcpEnd.install(done.getNow(), () -> {}));
            }
        });
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
        // a dial that is under way ends by itself
    }
}
