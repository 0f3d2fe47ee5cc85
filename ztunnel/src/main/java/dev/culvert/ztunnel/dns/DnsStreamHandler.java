package dev.culvert.ztunnel.dns;

import dev.culvert.ztunnel.dns.DnsForwarder.Carrier;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Takes the queries of one TCP connection: several at once, but no more than it may, and not for ever.
///
/// Confined to its channel's loop.
final class DnsStreamHandler extends ChannelInboundHandlerAdapter {
    private final DnsForwarder forwarder;

    private int inFlight;
    private @Nullable ScheduledFuture<?> idle;

    DnsStreamHandler(DnsForwarder forwarder) {
        this.forwarder = forwarder;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        waitForQuery(ctx);
        ctx.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        DnsMessage query;
        try {
            query = DnsMessage.parse(ByteBufUtil.getBytes((ByteBuf) message));
        } finally {
            ReferenceCountUtil.release(message);
        }
        if (query == null || query.isResponse()) {
            var _ = ctx.close();
            return;
        }
        stopWaiting();
        if (++inFlight >= forwarder.limits().queriesPerConnection()) {
            ctx.channel().config().setAutoRead(false);
        }
        forwarder.forward(query, Carrier.STREAM, reply -> answer(ctx, reply));
    }

    private void answer(ChannelHandlerContext ctx, DnsMessage reply) {
        var _ = ctx.writeAndFlush(Unpooled.wrappedBuffer(reply.bytes()))
                .addListener((ChannelFuture done) -> answered(ctx));
    }

    /// Counted down when the answer has left, so that a client that does not read is not read from either.
    private void answered(ChannelHandlerContext ctx) {
        if (--inFlight == 0 && ctx.channel().isActive()) {
            waitForQuery(ctx);
        }
        ctx.channel().config().setAutoRead(true);
    }

    private void waitForQuery(ChannelHandlerContext ctx) {
        long millis = forwarder.limits().timeout().toMillis();
        idle = ctx.executor().schedule(() -> close(ctx), millis, TimeUnit.MILLISECONDS);
    }

    private static void close(ChannelHandlerContext ctx) {
        var _ = ctx.close();
    }

    private void stopWaiting() {
        if (idle != null) {
            idle.cancel(false);
            idle = null;
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        stopWaiting();
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        close(ctx);
    }
}
