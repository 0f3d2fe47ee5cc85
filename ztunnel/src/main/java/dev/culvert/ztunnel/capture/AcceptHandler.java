package dev.culvert.ztunnel.capture;

import dev.culvert.ztunnel.connection.Captured;
import dev.culvert.ztunnel.sockets.CanonicalAddress;
import dev.culvert.ztunnel.sockets.PodSockets;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns an accepted channel into a [Captured], hands both on and leaves the pipeline. Shared by all channels of a
/// listener; holds nothing that changes.
@ChannelHandler.Sharable
final class AcceptHandler extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(AcceptHandler.class);

    private final PodSockets sockets;
    private final CaptureHandler handler;

    AcceptHandler(PodSockets sockets, CaptureHandler handler) {
        this.sockets = sockets;
        this.handler = handler;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        Channel channel = ctx.channel();
        long now = System.nanoTime();
        ctx.pipeline().remove(this);
        InetSocketAddress peer = (InetSocketAddress) channel.remoteAddress();
        InetSocketAddress destination = sockets.originalDestination(channel);
        if (peer == null || destination == null) {
            channel.close(); // reset between the handshake and now: there is nobody to tell
            return;
        }
        handler.captured(channel, new Captured(CanonicalAddress.of(peer), destination, now));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        log.atError()
                .setCause(cause)
                .addKeyValue("channel", ctx.channel())
                .log("a captured connection failed by a bug");
        ctx.close();
    }
}
