package dev.culvert.waypoint.listener;

import dev.culvert.waypoint.route.ClientHello;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Reads the beginning of an opaque connection until it is known which server the client asks for
/// by TLS, has what follows set up behind itself, hands it the bytes, and leaves. Confined to its
/// loop.
///
/// It waits for a bounded time and holds no more than [ClientHello#MAX_BYTES] and what one read
/// brings; whoever says nothing that could be understood asks for no server.
final class ServerNameReader extends ChannelInboundHandlerAdapter {
    private final Duration patience;
    private final Consumer<String> then;
    private final Beginning first = new Beginning();
    private @Nullable Future<?> timer;
    private boolean inputEnded;
    private boolean decided;

    /// @param then given the name, which may be empty; adds what follows to the pipeline
    ServerNameReader(Duration patience, Consumer<String> then) {
        this.patience = patience;
        this.then = then;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        timer = context.channel()
                .eventLoop()
                .schedule(() -> decide(context, ""), patience.toMillis(), TimeUnit.MILLISECONDS);
        context.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof ByteBuf bytes) || decided) {
            ReferenceCountUtil.release(message);
            return;
        }
        ByteBuf all = first.add(context, bytes);
        switch (ClientHello.peek(all)) {
            case ClientHello.Result.Incomplete _ -> {}
            case ClientHello.Result.Hello(String name) -> decide(context, name);
            case ClientHello.Result.NotTls _ -> decide(context, "");
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (!decided) {
            context.read();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent && !decided) {
            inputEnded = true;
            decide(context, "");
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    private void decide(ChannelHandlerContext context, String name) {
        if (decided || context.isRemoved()) {
            return;
        }
        decided = true;
        stopTimer();
        then.accept(name);
        ByteBuf had = first.take();
        if (had != null) {
            context.fireChannelRead(had);
            context.fireChannelReadComplete();
        }
        if (inputEnded) {
            context.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
        context.pipeline().remove(this);
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        stopTimer();
        first.release();
    }

    @Override
    @SuppressWarnings("deprecation") // deprecated in ChannelHandler only, to discourage outbound handlers
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (decided) {
            context.fireExceptionCaught(cause);
        } else {
            context.close();
        }
    }
}
