package dev.culvert.waypoint.listener;

import dev.culvert.api.SpiffeId;
import dev.culvert.hbone.ConnectRequest;
import dev.culvert.hbone.TunnelAcceptor;
import dev.culvert.hbone.TunnelChannel;
import dev.culvert.hbone.TunnelFailure;
import dev.culvert.hbone.TunnelOffer;
import dev.culvert.hbone.TunnelPeer;
import dev.culvert.hbone.header.Authority;
import dev.culvert.hbone.header.Baggage;
import dev.culvert.hbone.loop.PerLoop;
import dev.culvert.waypoint.exchange.Client;
import dev.culvert.waypoint.http.ClientConnection;
import dev.culvert.waypoint.world.Served;
import dev.culvert.waypoint.world.WaypointWorld;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes the tunnels of clients in, and what they lead to if it is served here. Thread-safe: it has
/// no state of its own, and calls come on the loops of the connections.
public final class TunnelTerminator implements TunnelAcceptor {
    private static final Logger LOG = LoggerFactory.getLogger(TunnelTerminator.class);
    /// What the client's node proxy is told when nothing is served at the address.
    private static final int NOT_FOUND = 404;

    private final Supplier<WaypointWorld> world;
    private final PerLoop<InnerConnections> loops;
    private final SpiffeId self;

    public TunnelTerminator(Supplier<WaypointWorld> world, PerLoop<InnerConnections> loops, SpiffeId self) {
        this.world = world;
        this.loops = loops;
        this.self = self;
    }

    @Override
    public void offered(TunnelOffer offer) {
        ConnectRequest request = offer.request();
        switch (world.get().find(request.authority())) {
            case WaypointWorld.Found.Missing(String why) -> {
                LOG.atWarn()
                        .addKeyValue("src.identity", offer.peer().identity())
                        .addKeyValue("src.addr", offer.peer().remote())
                        .addKeyValue("dst.addr", request.authority())
                        .addKeyValue("reason", why)
                        .log("tunnel refused");
                offer.refuse(NOT_FOUND);
            }
            case WaypointWorld.Found.Here(Served served) -> {
                ClientConnection connection =
                        new ClientConnection(client(request, offer.peer()), request.authority(), self);
                var stream = offer.accept(Baggage.EMPTY);
                TunnelChannel.accept(stream, loops.on(stream.eventLoop()).handler(connection, served));
            }
        }
    }

    /// The address that a node proxy connects from is that of its pod; what it writes of the client
    /// beside that nobody vouches for, and it is not used.
    private static Client client(ConnectRequest request, TunnelPeer peer) {
        InetSocketAddress remote =
                peer.remote() instanceof InetSocketAddress address ? address : new InetSocketAddress(0);
        return new Client(
                peer.identity(),
                remote,
                destination(request.authority(), peer.local()),
                Workloads.of(request.baggage()));
    }

    private static InetSocketAddress destination(Authority authority, SocketAddress local) {
        return switch (authority) {
            case Authority.Address address -> address.socketAddress();
            case Authority.Hostname(String _, int port) -> {
                InetAddress own = local instanceof InetSocketAddress address
                        ? address.getAddress()
                        : InetAddress.getLoopbackAddress();
                yield new InetSocketAddress(own, port);
            }
        };
    }

    @Override
    public void handshakeFailed(SocketAddress remote, SocketAddress local, TunnelFailure failure) {
        LOG.atWarn()
                .addKeyValue("src.addr", remote)
                .addKeyValue("error", failure.message())
                .log("client's tunnel not accepted");
    }
}
