package dev.culvert.ztunnel.dns;

import dev.culvert.ztunnel.dns.DnsForwarder.Carrier;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes a pod's queries over UDP. What is no query is dropped: an answer to it could start a game of ping-pong.
///
/// Confined to its channel's loop.
final class DnsDatagramHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger("dns");

    private final DnsForwarder forwarder;

    DnsDatagramHandler(DnsForwarder forwarder) {
        this.forwarder = forwarder;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        DatagramPacket packet = (DatagramPacket) message;
        try {
            ByteBuf content = packet.content();
            if (content.readableBytes() > forwarder.limits().queryBytes()) {
                return;
            }
            DnsMessage query = DnsMessage.parse(ByteBufUtil.getBytes(content));
            if (query == null || query.isResponse()) {
                return;
            }
            InetSocketAddress client = packet.sender();
            forwarder.forward(query, Carrier.DATAGRAM, reply -> {
                DatagramPacket answer = new DatagramPacket(Unpooled.wrappedBuffer(reply.bytes()), client);
                var _ = ctx.writeAndFlush(answer, ctx.voidPromise());
            });
        } finally {
            packet.release();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // A datagram socket reports what happened to an earlier answer, such as a client that has gone; it goes on.
        LOG.atDebug().addKeyValue("error", cause.getMessage()).log("datagram not sent");
    }
}
