package dev.culvert.waypoint.connect;

import dev.culvert.waypoint.exchange.UpstreamFailure;
import dev.culvert.waypoint.exchange.UpstreamFailure.Kind;
import dev.culvert.waypoint.upstream.TrafficPolicy;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// What happens on a new connection before the application's own bytes: the header of the PROXY
/// protocol and TLS. It leaves the pipeline then, and the handler that it was given takes its
/// place. Confined to its loop.
final class PreambleHandler extends ChannelInboundHandlerAdapter {
    private final Destination to;
    private final ClientTlsContexts contexts;
    private final DialAttempt attempt;
    private final ChannelHandler next;

    PreambleHandler(Destination to, ClientTlsContexts contexts, DialAttempt attempt, ChannelHandler next) {
        this.to = to;
        this.contexts = contexts;
        this.attempt = attempt;
        this.next = next;
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
        attempt.has(context.channel());
        if (attempt.isOver()) {
            return;
        }
        InetSocketAddress client = to.onBehalfOf();
        if (client != null) {
            context.writeAndFlush(ProxyHeader.of(to.proxyProtocol(), client, to.address()));
        }
        TrafficPolicy.Tls tls = to.tls();
        if (tls == null) {
            ready(context);
        } else {
            secure(context, tls);
        }
    }

    private void secure(ChannelHandlerContext context, TrafficPolicy.Tls tls) {
        SslHandler handler;
        try {
            handler = contexts.handler(tls, to, context.alloc());
        } catch (Exception unusable) {
            failed(context, "TLS settings for " + to.address() + " cannot be used: " + unusable.getMessage());
            return;
        }
        handler.handshakeFuture().addListener(done -> {
            String refusal = done.isSuccess() ? contexts.refusal(tls, handler, to.http2()) : reason(done.cause());
            if (refusal == null) {
                ready(context);
            } else {
                failed(context, "TLS with " + to.address() + " failed: " + refusal);
            }
        });
        context.pipeline().addBefore(context.name(), null, handler);
        context.read();
    }

    private static @Nullable String reason(Throwable cause) {
        return String.valueOf(cause.getMessage());
    }

    private void ready(ChannelHandlerContext context) {
        context.pipeline().replace(this, null, next);
        attempt.connected(context.channel());
    }

    private void failed(ChannelHandlerContext context, String message) {
        attempt.failed(new UpstreamFailure(Kind.NOT_CONNECTED, message));
        context.close();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.read();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        attempt.failed(new UpstreamFailure(Kind.NOT_CONNECTED, to.address() + " closed the connection at once"));
    }

    @Override
    @SuppressWarnings("deprecation") // deprecated in ChannelHandler only, to discourage outbound handlers
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        failed(context, "connection to " + to.address() + " failed: " + cause.getMessage());
    }
}
