package dev.culvert.testkit.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;

/// Sends each frame of a WebSocket back as it came. Confined to its loop.
final class EchoFrames extends SimpleChannelInboundHandler<WebSocketFrame> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
        // The write releases what is retained here.
        context.writeAndFlush(frame.retain());
    }
}
