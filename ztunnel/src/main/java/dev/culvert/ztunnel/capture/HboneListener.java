package dev.culvert.ztunnel.capture;

import dev.culvert.api.MeshPorts;
import dev.culvert.ztunnel.sockets.ChannelUse;
import dev.culvert.ztunnel.sockets.Listen;
import dev.culvert.ztunnel.sockets.PodSockets;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.util.concurrent.Future;
import java.util.function.Consumer;

/// Port 15008 of a pod, where peers of the mesh connect to. Stateless.
public final class HboneListener {
    private HboneListener() {}

    /// Listens in the pod; each connection goes to `tunnels` before anything of it was read.
    ///
    /// @return the listening channel, to be closed by the caller
    public static Future<Channel> bind(PodSockets sockets, Consumer<Channel> tunnels) {
        return listen(sockets, tunnels, true);
    }

    /// The same, but nothing is accepted before the listening channel's auto-read is switched on.
    public static Future<Channel> bindClosed(PodSockets sockets, Consumer<Channel> tunnels) {
        return listen(sockets, tunnels, false);
    }

    private static Future<Channel> listen(PodSockets sockets, Consumer<Channel> tunnels, boolean accepting) {
        return sockets.listen(new Listen(MeshPorts.HBONE, ChannelUse.TUNNEL, accepting), new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                tunnels.accept(channel);
            }
        });
    }
}
