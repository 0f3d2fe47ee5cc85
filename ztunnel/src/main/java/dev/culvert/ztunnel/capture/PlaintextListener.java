package dev.culvert.ztunnel.capture;

import dev.culvert.api.MeshPorts;
import dev.culvert.ztunnel.sockets.ChannelUse;
import dev.culvert.ztunnel.sockets.Listen;
import dev.culvert.ztunnel.sockets.PodSockets;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;

/// Port 15006 of a pod, where plain connections from outside the mesh are redirected to. Stateless.
public final class PlaintextListener {
    private PlaintextListener() {}

    /// Listens in the pod; each connection goes to `handler`.
    ///
    /// @return the listening channel, to be closed by the caller
    public static Future<Channel> bind(PodSockets sockets, CaptureHandler handler) {
        return sockets.listen(
                new Listen(MeshPorts.INBOUND_PLAINTEXT, ChannelUse.RELAY), new AcceptHandler(sockets, handler));
    }
}
