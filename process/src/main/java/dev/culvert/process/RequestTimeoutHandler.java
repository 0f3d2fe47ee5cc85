package dev.culvert.process;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Closes a connection whose next request is not whole in time, or that stays idle. Confined to the
/// `admin` loop.
///
/// A new connection must send its request within the request time. A kept one may rest for the idle time;
/// from the first byte of its next request the request time counts, however slowly the bytes drip. While
/// a request is answered no time runs here.
final class RequestTimeoutHandler extends ChannelInboundHandlerAdapter {
    private enum Phase {
        IDLE,
        RECEIVING,
        ANSWERING
    }

    private final Duration requestTime;
    private final Duration idleTime;
    private Phase phase = Phase.RECEIVING;
    private @Nullable Future<?> timer;

    RequestTimeoutHandler(Duration requestTime, Duration idleTime) {
        this.requestTime = requestTime;
        this.idleTime = idleTime;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        enter(ctx, Phase.RECEIVING);
        ctx.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (phase == Phase.IDLE) {
            enter(ctx, Phase.RECEIVING);
        }
        ctx.fireChannelRead(message);
    }

    /// The request is whole: its handler runs now.
    void requestComplete(ChannelHandlerContext ctx) {
        enter(ctx, Phase.ANSWERING);
    }

    /// The answer is out; the connection waits for the next request.
    void responseComplete(ChannelHandlerContext ctx) {
        enter(ctx, Phase.IDLE);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        stop();
        ctx.fireChannelInactive();
    }

    private void enter(ChannelHandlerContext ctx, Phase next) {
        stop();
        phase = next;
        switch (next) {
            case IDLE -> start(ctx, idleTime);
            case RECEIVING -> start(ctx, requestTime);
            case ANSWERING -> {}
        }
    }

    private void start(ChannelHandlerContext ctx, Duration time) {
        timer = ctx.executor().schedule(() -> close(ctx), time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void close(ChannelHandlerContext ctx) {
        var _ = ctx.close();
    }

    private void stop() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
