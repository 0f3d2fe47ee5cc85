package dev.culvert.ztunnel.inbound;

import dev.culvert.hbone.ConnectRequest;
import dev.culvert.hbone.TunnelAcceptor;
import dev.culvert.hbone.TunnelFailure;
import dev.culvert.hbone.TunnelOffer;
import dev.culvert.hbone.TunnelPeer;
import dev.culvert.hbone.header.Authority;
import dev.culvert.hbone.header.Baggage;
import dev.culvert.mesh.authz.ConnectionFacts;
import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.state.MeshSnapshot;
import dev.culvert.ztunnel.connection.Captured;
import dev.culvert.ztunnel.connection.CloseReason;
import dev.culvert.ztunnel.connection.Direction;
import dev.culvert.ztunnel.deliver.LocalDelivery;
import dev.culvert.ztunnel.deliver.ProxyProtocolHeader;
import dev.culvert.ztunnel.flow.DataPath;
import dev.culvert.ztunnel.flow.PodContext;
import dev.culvert.ztunnel.flow.PodFlow;
import dev.culvert.ztunnel.flow.WorkloadBaggage;
import dev.culvert.ztunnel.policy.Admission;
import dev.culvert.ztunnel.policy.Permit;
import dev.culvert.ztunnel.policy.PolicyGate;
import dev.culvert.ztunnel.relay.Relay;
import dev.culvert.ztunnel.relay.TcpEnd;
import dev.culvert.ztunnel.relay.TunnelEnd;
import dev.culvert.ztunnel.route.InboundDecision;
import dev.culvert.ztunnel.route.InboundRouter;
import dev.culvert.ztunnel.route.Inquiry;
import dev.culvert.ztunnel.route.Unknowns;
import dev.culvert.ztunnel.sockets.CanonicalAddress;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One CONNECT of a peer in the mesh, until the relay takes over. Confined to the loop of the tunnel.
///
/// The steps are: open the books; wait for the pod's own workload; decide on one snapshot; register and judge;
/// deliver; answer 200 and relay. Until the answer nothing of the stream is read. What ends it before is told to the
/// peer as a status.
public final class TunnelFlow extends PodFlow {
    private final TunnelOffer offer;
    private @Nullable Inquiry inquiry;

    private TunnelFlow(DataPath path, PodContext pod, TunnelOffer offer) {
        super(
                path,
                pod,
                path.loops().here(),
                Direction.INBOUND,
                captured(offer.peer().remote(), offer.peer().local()));
        this.offer = offer;
    }

    /// Starts a flow for each CONNECT to `pod`.
    public static TunnelAcceptor acceptor(DataPath path, PodContext pod) {
        return new TunnelAcceptor() {
            @Override
            public void offered(TunnelOffer offer) {
                new TunnelFlow(path, pod, offer).start();
            }

            @Override
            public void handshakeFailed(SocketAddress remote, SocketAddress local, TunnelFailure failure) {
                path.loops()
                        .here()
                        .connections()
                        .open(pod.pod(), Direction.INBOUND, captured(remote, local))
                        .end(new CloseReason.TunnelFailed(CloseReason.Origin.CLIENT, failure));
            }
        };
    }

    private static Captured captured(SocketAddress remote, SocketAddress local) {
        return new Captured(
                CanonicalAddress.of((InetSocketAddress) remote),
                CanonicalAddress.of((InetSocketAddress) local),
                System.nanoTime());
    }

    private void start() {
        entry.target(this);
        offer.whenAbandoned(() -> end(new CloseReason.ClientLeft()));
        awaitJudgeable();
    }

    @Override
    protected void decide(MeshSnapshot world, Workload own) {
        ConnectRequest request = offer.request();
        InboundRouter.Query query = new InboundRouter.Query(world, path.network(), own, captured.destination());
        if (path.onDemand().isOn()
                && request.authority() instanceof Authority.Address asked
                && asks(Unknowns.of(query, asked.ip()))) {
            return;
        }
        switch (InboundRouter.decide(
                query, request.authority(), request.forwarded().host())) {
            case InboundDecision.Reject reject -> abort(reject.reason());
            case InboundDecision.Deliver deliver -> judge(world, own, deliver);
        }
    }

    private boolean asks(Set<Unknowns.Wanted> wanted) {
        if (inquiry == null) {
            inquiry = new Inquiry(path, pod.pod().workload(), loop.loop(), this, this::abort);
        }
        return inquiry.asks(wanted);
    }

    private void judge(MeshSnapshot world, Workload own, InboundDecision.Deliver deliver) {
        TunnelPeer peer = offer.peer();
        boolean baggage = path.config().tunnel().responseBaggage();
        InboundTraffic.World seen = new InboundTraffic.World(world, path.network(), own, deliver.service());
        ConnectionFacts facts = new ConnectionFacts(
                peer.identity(),
                captured.peer().getAddress(),
                deliver.target().getAddress(),
                deliver.target().getPort());
        switch (PolicyGate.admit(entry, path.mesh(), world, own, facts)) {
            case Admission.Refused refused -> {
                // what a client that is refused says of itself makes no series
                entry.opened(InboundTraffic.ofTunnel(seen, captured, peer, offer.request(), false));
                abort(refused.reason());
            }
            case Admission.Granted granted -> {
                entry.opened(InboundTraffic.ofTunnel(seen, captured, peer, offer.request(), baggage));
                connect(granted.permit(), deliver, baggage ? WorkloadBaggage.of(own) : Baggage.EMPTY);
            }
        }
    }

    private void connect(Permit permit, InboundDecision.Deliver deliver, Baggage answer) {
        boolean loopback = deliver.proxied() != null && path.config().sockets().localhostAppTunnel();
        Future<Channel> connecting = loopback
                ? LocalDelivery.connectOverLoopback(permit, pod.sockets(), loop.loop())
                : LocalDelivery.connect(permit, pod.sockets(), loop.loop());
        connecting.addListener((Future<Channel> done) -> {
            if (!done.isSuccess()) {
                abort(CloseReason.ofConnect(
                        deliver.target(), path.config().sockets().connectTimeout(), done.cause()));
            } else if (isOver()) {
                done.getNow().close();
            } else {
                relay(done.getNow(), deliver.proxied(), answer);
            }
        });
    }

    private void relay(Channel application, @Nullable InetSocketAddress proxied, Baggage answer) {
        relayed();
        TcpEnd upstream = TcpEnd.install(application, () -> {});
        if (proxied != null) {
            ProxyProtocolHeader header = new ProxyProtocolHeader(
                    captured.peer(), proxied, offer.peer().identity());
            application.writeAndFlush(header.encode(application.alloc()), application.voidPromise());
        }
        Relay.fromTunnel(entry, new TunnelEnd(offer.accept(answer)), upstream);
    }

    /// Ends the CONNECT before it was relayed, and tells the peer.
    @Override
    public void abort(CloseReason reason) {
        if (end(reason)) {
            offer.refuse(reason.status(), reason.told());
        }
    }

    @Override
    protected void cancel() {
        if (inquiry != null) {
            inquiry.cancel();
        }
    }
}
