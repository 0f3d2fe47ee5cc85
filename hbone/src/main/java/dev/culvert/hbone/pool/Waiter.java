package dev.culvert.hbone.pool;

import dev.culvert.hbone.ConnectReply;
import dev.culvert.hbone.ConnectRequest;
import dev.culvert.hbone.TunnelFailure;
import dev.culvert.hbone.h2.ClientConnection;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One request to the pool, from the call to its reply. Confined to the pool's loop.
final class Waiter implements TunnelAttempt {
    private static final long REFUSED_STREAM = 7;

    private final PoolEntry entry;
    private final ConnectRequest request;
    private final TunnelDialer dialer;
    private final Consumer<ConnectReply> callback;
    private @Nullable Runnable cancelStream;
    private boolean retried;
    private boolean done;

    Waiter(PoolEntry entry, ConnectRequest request, TunnelDialer dialer, Consumer<ConnectReply> callback) {
        this.entry = entry;
        this.request = request;
        this.dialer = dialer;
        this.callback = callback;
    }

    TunnelDialer dialer() {
        return dialer;
    }

    /// Asks on a connection that has a stream free.
    ///
    /// @param kept whether the connection was there before, and so may have gone without our knowing
    void ask(ClientConnection connection, boolean kept) {
        cancelStream = connection.connect(request, reply -> answered(reply, kept));
    }

    private void answered(ConnectReply reply, boolean kept) {
        cancelStream = null;
        if (!retried && reply instanceof ConnectReply.Failed(var failure) && wasNotTaken(failure, kept)) {
            retried = true;
            entry.submit(this);
        } else {
            reply(reply);
        }
    }

    /// Whether the peer cannot have acted on the request, or a kept connection turned out to be gone. Nothing of
    /// the application was sent yet, so to ask again is safe.
    private static boolean wasNotTaken(TunnelFailure failure, boolean kept) {
        return switch (failure) {
            case TunnelFailure.GoingAway() -> true;
            case TunnelFailure.StreamReset(long code) -> code == REFUSED_STREAM;
            case TunnelFailure.ConnectionLost _ -> kept;
            default -> false;
        };
    }

    void fail(TunnelFailure failure) {
        reply(new ConnectReply.Failed(failure));
    }

    private void reply(ConnectReply reply) {
        if (!done) {
            done = true;
            callback.accept(reply);
        }
    }

    @Override
    public void cancel() {
        if (done) {
            return;
        }
        done = true;
        if (cancelStream != null) {
            cancelStream.run();
        } else {
            entry.withdraw(this);
        }
    }
}
