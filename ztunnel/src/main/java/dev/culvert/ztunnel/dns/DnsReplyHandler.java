package dev.culvert.ztunnel.dns;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.util.function.Consumer;

/// Reads what a nameserver sends: datagrams, or messages already cut out of a stream.
///
/// Confined to its channel's loop.
final class DnsReplyHandler extends ChannelInboundHandlerAdapter {
    private final Consumer<DnsMessage> replies;
    private final Consumer<String> failures;

    DnsReplyHandler(Consumer<DnsMessage> replies, Consumer<String> failures) {
        this.replies = replies;
        this.failures = failures;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            ByteBuf content = message instanceof DatagramPacket packet ? packet.content() : (ByteBuf) message;
            DnsMessage reply = DnsMessage.parse(ByteBufUtil.getBytes(content));
            if (reply != null) {
                replies.accept(reply);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        failures.accept("closed by the nameserver");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        failures.accept(String.valueOf(cause.getMessage()));
    }
}
