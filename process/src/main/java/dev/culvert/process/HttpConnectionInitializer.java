package dev.culvert.process;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.compression.StandardCompressionOptions;
import io.netty.handler.codec.http.HttpContentCompressor;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.timeout.WriteTimeoutHandler;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/// Sets up each connection of one listener and counts them against the limit. Confined to the `admin` loop.
final class HttpConnectionInitializer extends ChannelInitializer<SocketChannel> {
    private static final int COMPRESS_FROM_BYTES = 1024;

    private final HttpLimits limits;
    private final Routes routes;
    private final ChannelGroup connections;
    private int open;

    /// @param connections where each connection is noted, so that the endpoint can close it
    HttpConnectionInitializer(HttpLimits limits, Routes routes, ChannelGroup connections) {
        this.limits = limits;
        this.routes = routes;
        this.connections = connections;
    }

    @Override
    public boolean isSharable() {
        return true;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
        connections.add(channel);
        if (open >= limits.connections()) {
            byte[] full = "HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII);
            channel.writeAndFlush(Unpooled.wrappedBuffer(full)).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        open++;
        channel.closeFuture().addListener(_ -> open--);
        HttpDecoderConfig decoder = new HttpDecoderConfig()
                .setMaxInitialLineLength(limits.headBytes())
                .setMaxHeaderSize(limits.headBytes())
                .setInitialBufferSize(128);
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addLast(new WriteTimeoutHandler(limits.writeTime().toMillis(), TimeUnit.MILLISECONDS));
        pipeline.addLast(new RequestTimeoutHandler(limits.requestTime(), limits.idleTime()));
        pipeline.addLast(new HttpServerCodec(decoder));
        pipeline.addLast(new HttpContentCompressor(
                COMPRESS_FROM_BYTES, StandardCompressionOptions.gzip(), StandardCompressionOptions.deflate()));
        pipeline.addLast(new HttpObjectAggregator(limits.bodyBytes(), true));
        // Holds back what a peer has sent ahead while a request is answered and reading is off.
        pipeline.addLast(new FlowControlHandler());
        pipeline.addLast(new HttpRequestHandler(routes));
    }
}
