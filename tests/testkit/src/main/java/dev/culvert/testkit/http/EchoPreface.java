package dev.culvert.testkit.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Tells HTTP/2 with prior knowledge from HTTP/1.1 by a connection's first bytes. Confined to its loop.
final class EchoPreface extends ByteToMessageDecoder {
    private static final String HTTP2 = "PRI";
    private static final int MAX_BODY = 16 << 20;
    private static final String SOCKET = "/socket";

    private final EchoApp app;

    EchoPreface(EchoApp app) {
        this.app = app;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (in.readableBytes() < HTTP2.length()) {
            return;
        }
        boolean two = in.toString(in.readerIndex(), HTTP2.length(), StandardCharsets.US_ASCII)
                .equals(HTTP2);
        ChannelPipeline pipeline = context.pipeline();
        if (two) {
            pipeline.addLast(Http2FrameCodecBuilder.forServer().build(), new Http2MultiplexHandler(streams()));
        } else {
            pipeline.addLast(
                    new HttpServerCodec(),
                    new HttpObjectAggregator(MAX_BODY),
                    new WebSocketServerProtocolHandler(SOCKET, null, true, MAX_BODY),
                    new EchoFrames(),
                    new EchoHandler(app, "HTTP/1.1"));
        }
        pipeline.remove(this);
    }

    private ChannelInitializer<Channel> streams() {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel stream) {
                stream.pipeline()
                        .addLast(
                                new Http2StreamFrameToHttpObjectCodec(true),
                                new HttpObjectAggregator(MAX_BODY),
                                new EchoHandler(app, "HTTP/2"));
            }
        };
    }
}
