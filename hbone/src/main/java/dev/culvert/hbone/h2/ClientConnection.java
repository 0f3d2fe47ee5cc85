package dev.culvert.hbone.h2;

import dev.culvert.hbone.ConnectReply;
import dev.culvert.hbone.ConnectRequest;
import dev.culvert.hbone.HboneLimits;
import dev.culvert.hbone.TunnelFailure;
import dev.culvert.hbone.TunnelPeer;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The end of a connection that asks for tunnels. Confined to its channel's loop.
public final class ClientConnection extends TunnelConnection {
    private final ConnectionListener listener;
    private int nextId = 1;
    private boolean goingAway;

    public ClientConnection(HboneLimits limits, TunnelPeer peer, ConnectionListener listener) {
        super(limits, peer, false);
        this.listener = listener;
    }

    /// Streams that may be opened now; 0 once the connection is going away.
    public int freeStreams() {
        if (isOver()) {
            return 0;
        }
        return Math.max(0, Math.min(limits().streams().used(), peerSettings().maxStreams()) - openStreams());
    }

    /// Streams that are open or asked for.
    public int openStreams() {
        return streams().size();
    }

    /// Whether the connection takes no more streams, ever.
    public boolean isOver() {
        return goingAway || isClosing() || nextId < 0;
    }

    /// Asks for a tunnel. `callback` is called once, unless the attempt is cancelled before.
    ///
    /// @return cancels the attempt
    public Runnable connect(ConnectRequest request, Consumer<ConnectReply> callback) {
        assert loop().inEventLoop();
        if (freeStreams() == 0) {
            throw new IllegalStateException("no stream is free on the connection to " + peer().remote());
        }
        ClientStream stream = new ClientStream(this, nextId, callback);
        nextId += 2;
        streams().add(stream);
        sendHeaders(stream.id(), RequestFields.print(request), false);
        return stream::cancel;
    }

    /// Closes the connection; streams that are open fail.
    public void close(String reason) {
        close(ErrorCode.NO_ERROR, reason, new TunnelFailure.ClosedByUs(reason));
    }

    @Override
    int lastPeerStream() {
        return 0;
    }

    @Override
    boolean isIdle(int streamId) {
        return streamId % 2 == 0 || (nextId > 0 && streamId >= nextId);
    }

    @Override
    void headers(int streamId, boolean endStream, @Nullable Http2Headers fields) throws Violation {
        if (isIdle(streamId)) {
            throw new Violation(ErrorCode.PROTOCOL_ERROR, "a server opened stream " + streamId);
        }
        Http2Stream stream = streams().get(streamId);
        if (stream != null) {
            answer((ClientStream) stream, endStream, fields);
        } else if (streams().recentlyReset(streamId)) {
            flood().ignored();
        } else {
            throw new Violation(ErrorCode.STREAM_CLOSED, "HEADERS on stream " + streamId + ", which is closed");
        }
    }

    private void answer(ClientStream stream, boolean endStream, @Nullable Http2Headers fields) throws Violation {
        int status = fields == null || stream.isAnswered() ? -1 : ReplyFields.status(fields);
        boolean interim = status >= 100 && status < 200;
        if (fields == null || status < 0 || (interim && endStream)) {
            streamError(stream, ErrorCode.PROTOCOL_ERROR, "an answer out of form");
        } else if (interim) {
            flood().ignored();
        } else if (status == ReplyFields.OK) {
            stream.accepted(ReplyFields.baggage(fields), endStream);
        } else {
            stream.refused(status, ReplyFields.reason(fields), endStream);
        }
    }

    @Override
    void resetByPeer(Http2Stream stream) {
        // a server may reset as many streams as it likes: each of them was our request
    }

    @Override
    void goAway(int lastStreamId, long code, String detail) {
        goingAway = true;
        TunnelFailure reason = code == ErrorCode.NO_ERROR.code()
                ? new TunnelFailure.GoingAway()
                : new TunnelFailure.ProtocolError(code, "the peer went away: " + detail);
        for (Http2Stream stream : streams().all()) {
            if (stream.id() > lastStreamId) {
                streams().remove(stream);
                stream.fail(reason);
            }
        }
        capacityChanged();
    }

    @Override
    void pong(long data) {
        // any frame counts as a sign of life
    }

    @Override
    void capacityChanged() {
        if (goingAway && openStreams() == 0 && !isClosing()) {
            close("the peer went away");
        } else {
            listener.changed(this);
        }
    }
}
