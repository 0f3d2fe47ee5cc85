package dev.culvert.ztunnel.pod;

import dev.culvert.hbone.server.HboneServer;
import dev.culvert.process.Drain;
import dev.culvert.process.DrainMode;
import dev.culvert.ztunnel.capture.HboneListener;
import dev.culvert.ztunnel.connection.CloseReason;
import dev.culvert.ztunnel.flow.DataPath;
import dev.culvert.ztunnel.flow.PodContext;
import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/// The tunnel end of this process's own pod, so that others of the mesh reach its metrics over mutual TLS. Confined to
/// the thread that starts the process until it has opened; its end runs on the `pods` thread.
///
/// The port is taken early, for a port that is not free is to be known at once. Who connects before the view of the
/// mesh is complete waits in the kernel's queue.
public final class SelfProxy {
    private final DataPath dataPath;
    private final PodContext self;
    private final HboneServer tunnels;
    private final EventExecutor executor;
    private final PodEnd end;
    private final Channel listener;

    private SelfProxy(
            DataPath dataPath, PodContext self, HboneServer tunnels, EventExecutor executor, Channel listener) {
        this.dataPath = dataPath;
        this.self = self;
        this.tunnels = tunnels;
        this.executor = executor;
        this.end = new PodEnd(dataPath, executor);
        this.listener = listener;
    }

    /// Takes the port; nobody is let in before [#accept].
    ///
    /// @param self who this process is, with sockets of its own namespace
    /// @param tunnels takes the connections
    /// @param executor the `pods` thread
    /// @throws IOException when the port cannot be had
    public static SelfProxy bind(DataPath dataPath, PodContext self, HboneServer tunnels, EventExecutor executor)
            throws IOException {
        Future<Channel> bound =
                HboneListener.bindClosed(self.sockets(), tunnels::install).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "the HBONE port of our own pod cannot be had: "
                            + bound.cause().getMessage() + "; without POD_NAME we do without it",
                    bound.cause());
        }
        return new SelfProxy(dataPath, self, tunnels, executor, bound.getNow());
    }

    /// Lets in who waits, and who comes; from now on this is part of `drain`.
    public void accept(Drain drain) {
        CompletableFuture<Void> through = new CompletableFuture<>();
        Drain.Membership place = drain.join(mode -> executor.execute(() -> drain(mode, through)));
        var _ = through.thenRun(place::close);
        listener.config().setAutoRead(true);
    }

    private void drain(DrainMode mode, CompletableFuture<Void> through) {
        close();
        switch (mode) {
            case GRACEFUL ->
                tunnels.drain(dataPath.config().lifecycle().drainDeadline())
                        .addListener(done -> end.whenIdle(self.pod(), () -> through.complete(null)));
            case IMMEDIATE -> {
                end.cut(self.pod(), new CloseReason.Drained());
                tunnels.drain(Duration.ZERO).addListener(done -> through.complete(null));
            }
        }
    }

    /// Gives the port back; what is open goes on.
    public void close() {
        listener.close();
        self.sockets().close();
    }
}
