package dev.culvert.hbone.h2;

import dev.culvert.hbone.ConnectReply;
import dev.culvert.hbone.TunnelFailure;
import dev.culvert.hbone.header.Baggage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A stream that we opened: first a question, then, if the answer was 200, a tunnel. Confined to its
/// connection's loop.
final class ClientStream extends Http2Stream {
    private @Nullable Consumer<ConnectReply> callback;
    private boolean accepted;

    ClientStream(ClientConnection connection, int id, Consumer<ConnectReply> callback) {
        super(connection, id);
        this.callback = callback;
    }

    /// Whether the final answer has come.
    boolean isAnswered() {
        return callback == null;
    }

    void accepted(Baggage baggage, boolean endStream) {
        accepted = true;
        answer(new ConnectReply.Accepted(this, baggage));
        if (endStream && !isOver()) {
            remoteEnd();
        }
    }

    void refused(int status, String reason, boolean endStream) {
        answer(new ConnectReply.Refused(status, reason));
        if (isOver()) {
            return;
        }
        if (endStream) {
            connection().writer().dataHead(id(), 0, true);
            connection().flushSoon();
            localEnd();
            remoteEnd();
        } else {
            connection().resetStream(this, ErrorCode.CANCEL);
        }
    }

    private void answer(ConnectReply reply) {
        Consumer<ConnectReply> to = callback;
        callback = null;
        if (to != null) {
            to.accept(reply);
        }
    }

    /// Gives up before the answer.
    void cancel() {
        if (callback != null) {
            callback = null;
            reset();
        }
    }

    @Override
    ErrorCode resetCode() {
        return ErrorCode.CANCEL;
    }

    @Override
    boolean maySend() {
        return accepted;
    }

    @Override
    boolean mayReceive() {
        return accepted;
    }

    @Override
    void unanswered(TunnelFailure reason) {
        answer(new ConnectReply.Failed(reason));
    }
}
