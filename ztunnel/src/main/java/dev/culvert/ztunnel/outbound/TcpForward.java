package dev.culvert.ztunnel.outbound;

import dev.culvert.ztunnel.connection.CloseReason;
import dev.culvert.ztunnel.relay.Relay;
import dev.culvert.ztunnel.relay.TcpEnd;
import dev.culvert.ztunnel.sockets.Dial;
import dev.culvert.ztunnel.sockets.PodSockets;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;

/// Carries a connection on as it is: to what is not in the mesh, or takes no tunnel. Confined to its loop.
final class TcpForward implements Forward {
    private final EventLoop loop;
    private final PodSockets sockets;
    private final InetSocketAddress to;
    private final Duration allowed;
    private boolean cancelled;

    /// @param allowed time that the sockets give a connect, for the message
    TcpForward(EventLoop loop, PodSockets sockets, InetSocketAddress to, Duration allowed) {
        this.loop = loop;
        this.sockets = sockets;
        this.to = to;
        this.allowed = allowed;
    }

    @Override
    public void dial(Outcome outcome) {
        sockets.connect(loop, Dial.plain(to), null).addListener((Future<Channel> done) -> {
            if (cancelled) {
                if (done.isSuccess()) {
                    done.getNow().close();
                }
            } else if (done.isSuccess()) {
                TcpEnd upstream = TcpEnd.install(done.getNow(), () -> {});
                outcome.connected((entry, downstream) -> Relay.tcp(entry, downstream, upstream));
            } else {
                outcome.failed(CloseReason.ofConnect(to, allowed, done.cause()));
            }
        });
    }

    @Override
    public void cancel() {
        cancelled = true;
    }
}
