package dev.culvert.ztunnel.inbound;

import dev.culvert.hbone.ConnectRequest;
import dev.culvert.hbone.TunnelPeer;
import dev.culvert.hbone.header.Baggage;
import dev.culvert.mesh.model.NetworkAddress;
import dev.culvert.mesh.model.Service;
import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.state.MeshSnapshot;
import dev.culvert.ztunnel.connection.Captured;
import dev.culvert.ztunnel.connection.Traffic;
import org.jspecify.annotations.Nullable;

/// What is told of an inbound connection. Pure.
final class InboundTraffic {
    private InboundTraffic() {}

    /// Of a CONNECT. What the client says of itself counts where the mesh has no record of it.
    ///
    /// @param honourBaggage whether it counts at all
    static Traffic ofTunnel(
            World seen, Captured captured, TunnelPeer peer, ConnectRequest request, boolean honourBaggage) {
        String from = request.forwardedNetwork();
        boolean ownNetwork = from == null || from.equalsIgnoreCase(seen.network());
        return new Traffic(
                ownNetwork ? client(seen, captured) : null,
                honourBaggage ? request.baggage() : Baggage.EMPTY,
                peer.identity(),
                seen.own(),
                seen.own().identity(),
                seen.service() == null ? null : seen.service().key(),
                captured.destination(),
                request.authority().toString(),
                true);
    }

    /// Of a plain connection.
    static Traffic ofPlain(World seen, Captured captured) {
        return new Traffic(
                client(seen, captured),
                Baggage.EMPTY,
                null,
                seen.own(),
                seen.own().identity(),
                seen.service() == null ? null : seen.service().key(),
                captured.destination(),
                null,
                false);
    }

    private static @Nullable Workload client(World seen, Captured captured) {
        return seen.world()
                .workload(new NetworkAddress(seen.network(), captured.peer().getAddress()));
    }

    /// What the decision was made on.
    ///
    /// @param own workload of the pod
    /// @param service that was addressed, as far as that is known
    record World(
            MeshSnapshot world,
            String network,
            Workload own,
            @Nullable Service service) {}
}
