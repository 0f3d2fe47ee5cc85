package dev.culvert.hbone.h2;

import dev.culvert.hbone.HboneLimits;
import dev.culvert.hbone.TunnelFailure;
import dev.culvert.hbone.TunnelPeer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One HTTP/2 connection that carries tunnels, as the last handler of its channel; added once TLS is done.
/// Confined to its channel's loop.
///
/// It owns the parts and ties them to the channel; what a frame means is in [FrameDispatcher], who sends next in
/// [DataScheduler], and what differs between the two ends in the subclasses.
abstract class TunnelConnection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(TunnelConnection.class);
    private static final long KEEPALIVE_PING = 0x63756c7665727401L;
    /// Beyond the header list: padding, priority and the room that a block of literals needs.
    private static final int CONTROL_SLACK_BYTES = 1_024;

    private final HboneLimits limits;
    private final TunnelPeer peer;
    private final boolean server;
    private final StreamTable streams = new StreamTable();
    private final DataScheduler scheduler = new DataScheduler(this);
    private final PeerSettings peerSettings;
    private final ReceiveWindow window;
    private final HeaderCodec headers;
    private final FrameDispatcher dispatcher;
    private final ArrayDeque<Http2Stream> touched = new ArrayDeque<>();
    private final Runnable flushTask = this::readComplete;
    private @Nullable Parts parts;
    private @Nullable Future<?> prefaceTimer;
    private boolean flushScheduled;
    private boolean closing;

    /// What exists only with a channel.
    private record Parts(
            ChannelHandlerContext context,
            FrameReader reader,
            FrameWriter writer,
            FloodGuard flood,
            KeepAlive keepAlive) {}

    TunnelConnection(HboneLimits limits, TunnelPeer peer, boolean server) {
        this.limits = limits;
        this.peer = peer;
        this.server = server;
        this.peerSettings = new PeerSettings(!server);
        this.window = new ReceiveWindow(limits.windows().connectionBytes());
        this.headers = new HeaderCodec(headerBytes());
        this.dispatcher = new FrameDispatcher(this, headers, headerBytes() + CONTROL_SLACK_BYTES);
    }

    private int headerBytes() {
        return server ? limits.streams().requestHeaderBytes() : limits.streams().replyHeaderBytes();
    }

    // What the two ends differ in.

    /// A header block is complete; `fields` is null when it is no legal message.
    abstract void headers(int streamId, boolean endStream, @Nullable Http2Headers fields) throws Violation;

    /// Whether no stream of that number was ever opened.
    abstract boolean isIdle(int streamId);

    /// The peer reset a stream, which has not been told yet.
    abstract void resetByPeer(Http2Stream stream) throws Violation;

    /// The peer goes away and takes no stream beyond `lastStreamId`.
    abstract void goAway(int lastStreamId, long code, String detail);

    /// A PING of ours came back.
    abstract void pong(long data);

    /// The number of open streams, or how many there may be, has changed.
    abstract void capacityChanged();

    /// Highest stream of the peer that we acted on.
    abstract int lastPeerStream();

    // Life.

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        EventLoop loop = context.channel().eventLoop();
        int control = Math.max(headerBytes(), Frames.DEFAULT_FRAME_BYTES) + CONTROL_SLACK_BYTES;
        Parts made = new Parts(
                context,
                new FrameReader(
                        dispatcher, context.alloc(), server, limits.windows().frameBytes(), control),
                new FrameWriter(context),
                new FloodGuard(limits.floods(), loop.ticker()),
                new KeepAlive(loop, limits.timers(), this::sendPing, this::silent));
        parts = made;
        Greeting.write(made.writer(), limits, server, headerBytes());
        made.keepAlive().start();
        prefaceTimer = loop.schedule(this::unsettled, limits.timers().preface().toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            if (!closing) {
                parts().keepAlive().alive();
                parts().reader().peek(in);
            }
        } catch (Violation violation) {
            violated(violation);
        } finally {
            in.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        readComplete();
    }

    private void readComplete() {
        Http2Stream stream = touched.poll();
        while (stream != null) {
            stream.readComplete();
            stream = touched.poll();
        }
        flushNow();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable()) {
            flood().controlDrained();
            flushNow();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        switch (event) {
            case SslCloseCompletionEvent _ -> context.close();
            case TunnelFailure.CertificateRevoked revoked -> close(ErrorCode.NO_ERROR, "certificate revoked", revoked);
            default -> {}
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        ended(new TunnelFailure.ConnectionLost("closed by the peer"));
    }

    @Override
    @SuppressWarnings("deprecation") // deprecated in ChannelHandler only, to discourage outbound handlers
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        Throwable root = cause.getCause() instanceof SSLException tls ? tls : cause;
        if (root instanceof SSLException && !peerSettings.known()) {
            ended(new TunnelFailure.HandshakeFailed(peer.remote(), root));
        } else if (root instanceof IOException) {
            ended(new TunnelFailure.ConnectionLost(String.valueOf(root.getMessage())));
        } else {
            LOG.atError().setCause(cause).addKeyValue("peer", peer.remote()).log("tunnel connection failed");
            ended(new TunnelFailure.ConnectionLost("internal error: " + cause));
        }
        context.close();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        ended(new TunnelFailure.ConnectionLost("closed"));
        parts().reader().close();
        parts().writer().close();
        dispatcher.close();
        headers.close();
    }

    /// Ends the connection with a GOAWAY, and with it all its streams.
    final void close(ErrorCode code, String detail, TunnelFailure reason) {
        if (!closing) {
            closing = true;
            writer().goAway(lastPeerStream(), code, detail);
            writer().flush();
            // first, for a close may say at once that the channel is inactive, which gives no reason
            ended(reason);
            parts().context().close();
        }
    }

    private void violated(Violation violation) {
        LOG.atDebug()
                .addKeyValue("peer", peer.remote())
                .addKeyValue("code", violation.code())
                .addKeyValue("detail", violation.detail())
                .log("tunnel connection ended by a protocol error");
        String detail = violation.detail();
        close(
                violation.code(),
                detail,
                new TunnelFailure.ProtocolError(violation.code().code(), detail));
    }

    private void ended(TunnelFailure reason) {
        closing = true;
        parts().keepAlive().stop();
        settled();
        scheduler.clear();
        touched.clear();
        for (Http2Stream stream : streams.all()) {
            streams.remove(stream);
            stream.fail(reason);
        }
        capacityChanged();
    }

    private void sendPing() {
        writer().ping(KEEPALIVE_PING, false);
        flushNow();
    }

    private void silent() {
        String detail = "no sign of life for " + limits.timers().pongWithin().toSeconds() + " s after a PING";
        close(ErrorCode.NO_ERROR, detail, new TunnelFailure.ConnectionLost(detail));
    }

    private void unsettled() {
        var waited = limits.timers().preface();
        close(ErrorCode.SETTINGS_TIMEOUT, "no SETTINGS", new TunnelFailure.HandshakeTimedOut(peer.remote(), waited));
    }

    /// The peer's first SETTINGS came, or never will.
    final void settled() {
        if (prefaceTimer != null) {
            prefaceTimer.cancel(false);
            prefaceTimer = null;
        }
    }

    // What streams and the dispatcher ask for.

    final HboneLimits limits() {
        return limits;
    }

    final TunnelPeer peer() {
        return peer;
    }

    final EventLoop loop() {
        return parts().context().channel().eventLoop();
    }

    final PeerSettings peerSettings() {
        return peerSettings;
    }

    final StreamTable streams() {
        return streams;
    }

    final DataScheduler scheduler() {
        return scheduler;
    }

    final FloodGuard flood() {
        return parts().flood();
    }

    final FrameWriter writer() {
        return parts().writer();
    }

    final boolean isClosing() {
        return closing;
    }

    final boolean isChannelWritable() {
        return parts().context().channel().isWritable();
    }

    private Parts parts() {
        if (parts == null) {
            throw new IllegalStateException("the connection has no channel yet");
        }
        return parts;
    }

    /// Sends what is queued once the loop has heard all its sockets, so that one write serves many streams.
    final void flushSoon() {
        if (!flushScheduled && !closing) {
            flushScheduled = true;
            loop().execute(flushTask);
        }
    }

    private void flushNow() {
        flushScheduled = false;
        if (!closing) {
            scheduler.run(writer());
            writer().flush();
        }
    }

    /// Notes that an answer was written that the peer did not pay for, and sees that they do not pile up.
    final void answered() throws Violation {
        if (!isChannelWritable()) {
            flood().controlQueued();
        }
        flushSoon();
    }

    /// Whether `bytes` of DATA are within what we granted the connection.
    final boolean takeCredit(int bytes) {
        return window.take(bytes);
    }

    /// Notes that bytes of any stream have left us.
    final void giveBack(int bytes) {
        int grant = window.giveBack(bytes);
        if (grant > 0) {
            grant(0, grant);
        }
    }

    /// Lets the peer send as many bytes more, of a stream or (0) of all.
    final void grant(int streamId, int bytes) {
        if (!closing) {
            writer().windowUpdate(streamId, bytes);
            flushSoon();
        }
    }

    /// Hands payload to its stream.
    final void deliver(Http2Stream stream, ByteBuf piece) {
        if (stream.received(piece)) {
            touched.add(stream);
            // TLS may hand on what came with the end of its handshake outside of a read, with no end of its own
            flushSoon();
        }
    }

    /// Writes header fields.
    final void sendHeaders(int streamId, Http2Headers fields, boolean endStream) {
        if (closing) {
            return;
        }
        ByteBuf block = headers.encode(streamId, fields, parts().context().alloc());
        try {
            writer().headersPeek(streamId, block, endStream, peerSettings.frameBytes());
        } finally {
            block.release();
        }
        flushSoon();
    }

    /// Both halves of a stream have ended.
    final void remove(Http2Stream stream) {
        streams.remove(stream);
        capacityChanged();
    }

    /// Gives a stream up by our own will.
    final void resetStream(Http2Stream stream, ErrorCode code) {
        streams.remove(stream);
        streams.remember(stream.id());
        stream.abandon();
        if (!closing) {
            writer().reset(stream.id(), code);
            flushSoon();
        }
        capacityChanged();
    }

    /// Resets a stream for an error of the peer, and tells its receiver.
    final void streamError(Http2Stream stream, ErrorCode code, String detail) throws Violation {
        streams.remove(stream);
        refuse(stream.id(), code);
        stream.fail(new TunnelFailure.ProtocolError(code.code(), detail));
        capacityChanged();
    }

    /// Resets what is no stream (any more, or yet) for an error of the peer.
    final void refuse(int streamId, ErrorCode code) throws Violation {
        streams.remember(streamId);
        writer().reset(streamId, code);
        answered();
        flood().provokedReset();
    }
}
