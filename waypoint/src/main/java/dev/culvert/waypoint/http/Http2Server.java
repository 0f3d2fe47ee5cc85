package dev.culvert.waypoint.http;

import dev.culvert.waypoint.codec.FrameWatch;
import dev.culvert.waypoint.codec.Http2Codecs;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The server's end of a connection of HTTP/2: each stream is an [Http2Exchange]. Confined to its
/// loop.
final class Http2Server extends ChannelInboundHandlerAdapter implements FrameWatch.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(Http2Server.class);

    private final HttpSettings settings;
    private final RequestService service;
    private final Http2FrameCodec codec;
    private final FrameWatch watch;
    private final Set<Http2Exchange> exchanges = new HashSet<>();
    private @Nullable ChannelHandlerContext context;
    private @Nullable Future<?> timer;
    private long lastNanos = System.nanoTime();

    /// @param grace what running streams get when the connection is closed
    Http2Server(HttpSettings settings, RequestService service, Duration grace) {
        this.settings = settings;
        this.service = service;
        codec = Http2Codecs.server(settings.limits(), grace);
        watch = new FrameWatch(settings.limits().floods(), settings.headTime(), this);
    }

    /// Puts itself and what it needs into the pipeline of a channel, and lets it be read.
    void install(ChannelHandlerContext before) throws Http2Exception {
        before.pipeline().addLast(watch, codec, new Http2MultiplexHandler(new Streams()), this);
        Http2Codecs.widen(before.pipeline().context(codec), settings.limits());
        before.channel().config().setAutoRead(true);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        watchIdle(ctx);
    }

    void opened(Http2Exchange exchange) {
        exchanges.add(exchange);
    }

    void closed(Http2Exchange exchange) {
        exchanges.remove(exchange);
        lastNanos = System.nanoTime();
    }

    void responded() {
        watch.responded();
    }

    private void watchIdle(ChannelHandlerContext ctx) {
        long idle = settings.idle().toNanos();
        long left = exchanges.isEmpty() ? idle - (System.nanoTime() - lastNanos) : idle;
        if (left <= 0) {
            timer = null;
            ctx.close();
        } else {
            timer = ctx.channel().eventLoop().schedule(() -> watchIdle(ctx), left, TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        // frames of the connection itself, of which the codec has taken notice
        ReferenceCountUtil.release(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof DrainEvent drain) {
            switch (drain) {
                // the highest stream there can be, so that none that is under way is lost
                case LAST -> goAway(ctx, Http2Error.NO_ERROR, Integer.MAX_VALUE, "draining");
                case CLOSE -> {
                    goAway(ctx, Http2Error.NO_ERROR, 0, "draining");
                    ctx.close();
                }
            }
        }
    }

    private static void goAway(ChannelHandlerContext ctx, Http2Error code, int extraStreams, String why) {
        DefaultHttp2GoAwayFrame frame =
                new DefaultHttp2GoAwayFrame(code, Unpooled.copiedBuffer(why, StandardCharsets.US_ASCII));
        frame.setExtraStreamIds(extraStreams);
        ctx.writeAndFlush(frame);
    }

    @Override
    public void flooded(String what) {
        end(Http2Error.ENHANCE_YOUR_CALM, "too many " + what);
    }

    @Override
    public void stalled(String what) {
        end(Http2Error.ENHANCE_YOUR_CALM, what);
    }

    private void end(Http2Error code, String why) {
        ChannelHandlerContext ctx = context;
        if (ctx != null) {
            LOG.atDebug()
                    .addKeyValue("src.addr", ctx.channel().remoteAddress())
                    .addKeyValue("reason", why)
                    .log("connection of HTTP/2 ended");
            goAway(ctx, code, 0, why);
            codec.gracefulShutdownTimeoutMillis(0);
            ctx.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (timer != null) {
            timer.cancel(false);
        }
        // a stream that is not read would not hear of it
        List.copyOf(exchanges).forEach(Http2Exchange::gone);
    }

    @Override
    @SuppressWarnings("deprecation") // deprecated in ChannelHandler only, to discourage outbound handlers
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Unexpected.log(LOG, cause);
        codec.gracefulShutdownTimeoutMillis(0);
        if (!(cause instanceof Http2Exception)) {
            // else the codec tells the client why it ends the connection
            ctx.close();
        }
    }

    private final class Streams extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel stream) {
            stream.config().setAutoRead(false);
            stream.pipeline().addLast(new Http2Exchange(Http2Server.this, settings, service));
        }
    }
}
