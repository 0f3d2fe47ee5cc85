package dev.culvert.hbone.h2;

import dev.culvert.hbone.ConnectRequest;
import dev.culvert.hbone.TunnelFailure;
import dev.culvert.hbone.TunnelOffer;
import dev.culvert.hbone.TunnelStream;
import dev.culvert.hbone.header.Baggage;
import org.jspecify.annotations.Nullable;

/// A stream that a client opened: first an offer, then, if it was accepted, a tunnel. Confined to its
/// connection's loop.
final class ServerStream extends Http2Stream implements TunnelOffer {
    private @Nullable ConnectRequest request;
    private @Nullable Runnable abandoned;
    private final boolean tunnel;
    private boolean accepted;

    /// @param request null for a request that asks for no tunnel
    ServerStream(ServerConnection connection, int id, @Nullable ConnectRequest request) {
        super(connection, id);
        this.request = request;
        this.tunnel = request != null;
    }

    @Override
    public ConnectRequest request() {
        if (request == null) {
            throw new IllegalStateException("the request of an answered stream is not kept");
        }
        return request;
    }

    @Override
    public TunnelStream accept(Baggage responseBaggage) {
        answer();
        if (!isOver()) {
            accepted = true;
            connection().sendHeaders(id(), ReplyFields.print(ReplyFields.OK, responseBaggage), false);
        }
        return this;
    }

    @Override
    public void refuse(int status, String reason) {
        answer();
        if (isOver()) {
            return;
        }
        connection().sendHeaders(id(), ReplyFields.refusal(status, reason), true);
        localEnd();
        if (!isOver()) {
            // RFC 9113 section 8.1: the answer is complete, whatever else the client would have sent
            connection().resetStream(this, ErrorCode.NO_ERROR);
        }
    }

    private void answer() {
        assert eventLoop().inEventLoop();
        if (request == null) {
            throw new IllegalStateException("the offer was answered before");
        }
        request = null;
        abandoned = null;
    }

    @Override
    public void whenAbandoned(Runnable action) {
        abandoned = action;
    }

    /// Whether the request is one whose body may end in trailers.
    boolean mayHaveTrailers() {
        return !tunnel;
    }

    @Override
    ErrorCode resetCode() {
        return localEnded() && !remoteEnded() ? ErrorCode.NO_ERROR : ErrorCode.CANCEL;
    }

    @Override
    boolean maySend() {
        return accepted;
    }

    @Override
    boolean mayReceive() {
        return true;
    }

    @Override
    void unanswered(TunnelFailure reason) {
        Runnable action = abandoned;
        abandoned = null;
        if (action != null) {
            action.run();
        }
    }
}
