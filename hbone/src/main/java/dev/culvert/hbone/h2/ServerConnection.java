package dev.culvert.hbone.h2;

import dev.culvert.hbone.HboneLimits;
import dev.culvert.hbone.TunnelAcceptor;
import dev.culvert.hbone.TunnelFailure;
import dev.culvert.hbone.TunnelPeer;
import dev.culvert.hbone.header.Baggage;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The end of a connection that is asked for tunnels. Confined to its channel's loop.
public final class ServerConnection extends TunnelConnection {
    private final TunnelAcceptor acceptor;
    private final GoAwayDrain drain = new GoAwayDrain(this);
    private int lastPeerStream;

    public ServerConnection(HboneLimits limits, TunnelPeer peer, TunnelAcceptor acceptor) {
        super(limits, peer, true);
        this.acceptor = acceptor;
    }

    /// Goes away gracefully: takes no new streams, lets those that are open come to their end, and closes.
    /// What is left after `deadlineMillis` is reset.
    public void drain(long deadlineMillis) {
        if (!isClosing()) {
            drain.begin();
            loop().schedule(this::abort, deadlineMillis, TimeUnit.MILLISECONDS);
        }
    }

    /// Closes at once, resetting what is open.
    public void abort() {
        String reason = "draining";
        for (Http2Stream stream : streams().all()) {
            resetStream(stream, stream.resetCode());
            stream.fail(new TunnelFailure.ClosedByUs(reason));
        }
        close(ErrorCode.NO_ERROR, reason, new TunnelFailure.ClosedByUs(reason));
    }

    void finish() {
        close(ErrorCode.NO_ERROR, "drained", new TunnelFailure.ClosedByUs("drained"));
    }

    @Override
    int lastPeerStream() {
        return lastPeerStream;
    }

    @Override
    boolean isIdle(int streamId) {
        return streamId % 2 == 0 || streamId > lastPeerStream;
    }

    @Override
    void headers(int streamId, boolean endStream, @Nullable Http2Headers fields) throws Violation {
        Http2Stream stream = streams().get(streamId);
        if (stream != null) {
            trailers((ServerStream) stream, endStream, fields);
        } else if (streamId % 2 == 0) {
            throw new Violation(ErrorCode.PROTOCOL_ERROR, "a client opened stream " + streamId);
        } else if (streamId > lastPeerStream) {
            opened(streamId, endStream, fields);
        } else if (streams().recentlyReset(streamId)) {
            flood().ignored();
        } else {
            throw new Violation(ErrorCode.STREAM_CLOSED, "HEADERS on stream " + streamId + ", which is closed");
        }
    }

    private void trailers(ServerStream stream, boolean endStream, @Nullable Http2Headers fields) throws Violation {
        if (stream.remoteEnded()) {
            streamError(stream, ErrorCode.STREAM_CLOSED, "HEADERS after the end of the stream");
        } else if (fields == null || !endStream || !stream.mayHaveTrailers() || hasPseudo(fields)) {
            streamError(stream, ErrorCode.PROTOCOL_ERROR, "HEADERS within a stream");
        } else {
            stream.remoteEnd();
        }
    }

    private static boolean hasPseudo(Http2Headers fields) {
        return fields.names().stream().anyMatch(name -> name.length() > 0 && name.charAt(0) == ':');
    }

    private void opened(int streamId, boolean endStream, @Nullable Http2Headers fields) throws Violation {
        if (drain.refusesStreams()) {
            flood().ignored();
            return;
        }
        lastPeerStream = streamId;
        if (fields == null) {
            refuse(streamId, ErrorCode.PROTOCOL_ERROR);
        } else if (streams().size() >= limits().streams().served()) {
            refuse(streamId, ErrorCode.REFUSED_STREAM);
        } else {
            judged(streamId, endStream, RequestFields.judge(fields));
        }
    }

    private void judged(int streamId, boolean endStream, RequestVerdict verdict) throws Violation {
        switch (verdict) {
            case RequestVerdict.Malformed() -> refuse(streamId, ErrorCode.PROTOCOL_ERROR);
            case RequestVerdict.BadRequest(long contentBytes) -> badRequest(streamId, endStream, contentBytes);
            case RequestVerdict.Tunnel tunnel -> {
                ServerStream stream = new ServerStream(this, streamId, tunnel.request());
                streams().add(stream);
                if (endStream) {
                    stream.remoteEnd();
                }
                acceptor.offered(stream);
            }
        }
    }

    private void badRequest(int streamId, boolean endStream, long contentBytes) throws Violation {
        if (endStream && contentBytes > 0) {
            refuse(streamId, ErrorCode.PROTOCOL_ERROR);
            return;
        }
        ServerStream stream = new ServerStream(this, streamId, null);
        streams().add(stream);
        stream.receiver(new DiscardedBody(stream, contentBytes));
        sendHeaders(streamId, ReplyFields.print(ReplyFields.BAD_REQUEST, Baggage.EMPTY), true);
        stream.localEnd();
        if (endStream) {
            stream.remoteEnd();
        }
        answered();
    }

    @Override
    void resetByPeer(Http2Stream stream) throws Violation {
        if (!stream.maySend()) {
            flood().reset();
        }
    }

    @Override
    void goAway(int lastStreamId, long code, String detail) {
        // the client opens no more streams, and closes when those that are open have ended
    }

    @Override
    void pong(long data) {
        drain.pong(data);
    }

    @Override
    void capacityChanged() {
        drain.check();
    }
}
