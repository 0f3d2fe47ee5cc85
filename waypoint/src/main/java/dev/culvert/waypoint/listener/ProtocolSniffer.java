package dev.culvert.waypoint.listener;

import dev.culvert.waypoint.http.ClientConnection;
import dev.culvert.waypoint.world.Served;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Decides what is spoken on a new inner connection, sets that up behind itself, and leaves.
/// Confined to its loop.
///
/// A port that is declared to be HTTP is looked at for its version alone: what is neither version
/// is refused by HTTP/1, and who stays silent is closed. A port that is declared to be opaque is
/// not looked at. On any other, a client that stays silent is taken for one whose server speaks
/// first.
final class ProtocolSniffer extends ChannelInboundHandlerAdapter {
    private final InnerConnections owner;
    private final ClientConnection connection;
    private final Served served;
    private final Duration patience;
    private final Beginning first = new Beginning();
    private @Nullable Future<?> timer;
    private boolean inputEnded;
    private boolean decided;

    ProtocolSniffer(InnerConnections owner, ClientConnection connection, Served served, Duration patience) {
        this.owner = owner;
        this.connection = connection;
        this.served = served;
        this.patience = patience;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        if (context.channel().isActive()) {
            begin(context);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        begin(context);
    }

    private void begin(ChannelHandlerContext context) {
        if (decided || timer != null) {
            return;
        }
        if (served.protocol().isOpaque()) {
            decide(context, FirstBytes.Look.OPAQUE);
            return;
        }
        timer = context.channel()
                .eventLoop()
                .schedule(() -> silent(context), patience.toMillis(), TimeUnit.MILLISECONDS);
        context.read();
    }

    private void silent(ChannelHandlerContext context) {
        timer = null;
        if (!decided && !context.isRemoved()) {
            if (served.protocol().isHttp()) {
                context.close();
            } else {
                decide(context, FirstBytes.Look.OPAQUE);
            }
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof ByteBuf bytes) || decided) {
            ReferenceCountUtil.release(message);
            return;
        }
        ByteBuf all = first.add(context, bytes);
        FirstBytes.Look look = FirstBytes.of(all);
        if (look == FirstBytes.Look.OPAQUE && served.protocol().isHttp()) {
            look = FirstBytes.Look.HTTP1;
        }
        if (look != FirstBytes.Look.UNDECIDED) {
            decide(context, look);
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
            decide(context, served.protocol().isHttp() ? FirstBytes.Look.HTTP1 : FirstBytes.Look.OPAQUE);
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    private void decide(ChannelHandlerContext context, FirstBytes.Look look) {
        decided = true;
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
        switch (look) {
            case HTTP2 -> owner.http2(context, connection, served);
            case HTTP1 -> owner.http1(context, connection, served);
            case OPAQUE, UNDECIDED -> owner.opaque(context, connection, served, !first.isEmpty());
        }
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

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        owner.decided(context.channel());
        if (timer != null) {
            timer.cancel(false);
        }
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
