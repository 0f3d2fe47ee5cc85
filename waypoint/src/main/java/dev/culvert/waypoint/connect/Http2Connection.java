package dev.culvert.waypoint.connect;

import dev.culvert.waypoint.codec.Http2Codecs;
import dev.culvert.waypoint.codec.HttpLimits;
import dev.culvert.waypoint.exchange.UpstreamFailure;
import dev.culvert.waypoint.exchange.UpstreamFailure.Kind;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/// A connection of HTTP/2 to a backend. Confined to its loop.
final class Http2Connection extends ChannelInboundHandlerAdapter {
    /// Who keeps the connection.
    interface Owner {
        /// More streams may be had than before, or none any more.
        void changed(Http2Connection connection);

        void gone(Http2Connection connection);
    }

    private final HttpLimits limits;
    private final int mostStreams;
    private final Owner owner;
    private final Http2FrameCodec codec;
    private @Nullable ChannelHandlerContext context;
    private int open;
    private int served;
    private boolean retired;
    private boolean closed;
    private int lastTaken = Integer.MAX_VALUE;

    Http2Connection(HttpLimits limits, int mostStreams, Owner owner) {
        this.limits = limits;
        this.mostStreams = Math.min(limits.streams(), mostStreams);
        this.owner = owner;
        codec = Http2Codecs.client(limits);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Http2Exception {
        context = ctx;
        ctx.pipeline().addBefore(ctx.name(), null, codec);
        ctx.pipeline().addBefore(ctx.name(), null, new Http2MultiplexHandler(new NoPush()));
        Http2Codecs.widen(ctx.pipeline().context(codec), limits);
        ctx.channel().config().setAutoRead(true);
    }

    /// Whether another stream may be opened now.
    boolean isFree() {
        return !retired
                && !closed
                && open < Math.min(mostStreams, codec.connection().local().maxActiveStreams());
    }

    int openStreams() {
        return open;
    }

    int served() {
        return served;
    }

    boolean isUsable() {
        return !retired && !closed;
    }

    /// The highest stream that the backend has looked at.
    int lastTaken() {
        return lastTaken;
    }

    void send(UpstreamRequest request) {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            request.fail(new UpstreamFailure(Kind.STALE, "the connection closed before the request was written"));
            return;
        }
        open++;
        served++;
        Http2Request stream = new Http2Request(this, request, served > 1);
        new Http2StreamChannelBootstrap(ctx.channel()).handler(stream).open().addListener(done -> {
            if (!done.isSuccess()) {
                released();
                request.fail(new UpstreamFailure(
                        Kind.REFUSED,
                        "no stream could be opened: " + done.cause().getMessage()));
            }
        });
    }

    /// A stream has ended.
    void released() {
        open--;
        if (retired && open == 0) {
            close();
        } else {
            owner.changed(this);
        }
    }

    /// Takes no further request, and is closed once those that it has are over.
    void retire() {
        retired = true;
        if (open == 0) {
            close();
        }
    }

    void close() {
        if (context != null && !closed) {
            closed = true;
            context.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (message instanceof Http2GoAwayFrame frame) {
                lastTaken = frame.lastStreamId();
                retire();
                owner.changed(this);
            } else if (message instanceof Http2SettingsFrame) {
                owner.changed(this);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closed = true;
        owner.gone(this);
    }

    @Override
    @SuppressWarnings("deprecation") // deprecated in ChannelHandler only, to discourage outbound handlers
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        close();
    }

    /// Pushes are switched off; what comes regardless is closed.
    private static final class NoPush extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel stream) {
            stream.close();
        }
    }
}
