package dev.culvert.waypoint.http;

import dev.culvert.waypoint.codec.Http2Codecs;
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
import java.time.Duration;

/// The server's end of a connection of HTTP/2: each stream is an [Http2Exchange]. Confined to its
/// loop.
final class Http2Server extends ChannelInboundHandlerAdapter {
    private final HttpSettings settings;
    private final RequestService service;
    private final Duration grace;

    Http2Server(HttpSettings settings, RequestService service, Duration grace) {
        this.settings = settings;
        this.service = service;
        this.grace = grace;
    }

    /// Puts itself and what it needs into the pipeline of a channel, and lets it be read.
    void install(ChannelHandlerContext before) throws Http2Exception {
        Http2FrameCodec codec = Http2Codecs.server(settings.limits(), grace);
        before.pipeline().addLast(codec, new Http2MultiplexHandler(new Streams()), this);
        Http2Codecs.widen(before.pipeline().context(codec), settings.limits());
        before.channel().config().setAutoRead(true);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        // frames of the connection itself, of which the codec has taken notice
        ReferenceCountUtil.release(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == DrainEvent.INSTANCE) {
            // the first one names the highest stream there can be, so that none that is under way is lost
            DefaultHttp2GoAwayFrame frame = new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR);
            frame.setExtraStreamIds(Integer.MAX_VALUE);
            context.writeAndFlush(frame);
            context.channel().eventLoop().execute(context::close);
        }
    }

    @Override
    @SuppressWarnings("deprecation") // deprecated in ChannelHandler only, to discourage outbound handlers
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }

    private final class Streams extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel stream) {
            stream.config().setAutoRead(false);
            stream.pipeline().addLast(new Http2Exchange(settings, service));
        }
    }
}
