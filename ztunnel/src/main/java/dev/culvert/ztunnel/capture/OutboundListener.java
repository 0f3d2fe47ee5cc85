package dev.culvert.ztunnel.capture;

import dev.culvert.api.MeshPorts;
import dev.culvert.ztunnel.sockets.ChannelUse;
import dev.culvert.ztunnel.sockets.Listen;
import dev.culvert.ztunnel.sockets.PodSockets;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;

/// Port 15001 of a pod, where the connections of its applications are redirected to. Stateless.
public final class OutboundListener {
    private OutboundListener() {}

    /// Listens in the pod; each connection goes to `handler`.
    ///
    /// @return the listening channel, to be closed by the caller
    public static Future<Channel> bind(PodSockets sockets, CaptureHandler handler) {
        return sockets.listen(new Listen(MeshPorts.OUTBOUND, ChannelUse.RELAY), new AcceptHandler(sockets, handler));
    }
}
