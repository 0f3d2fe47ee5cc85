package dev.culvert.waypoint.connect;

import dev.culvert.waypoint.codec.Http1Messages;
import dev.culvert.waypoint.codec.HttpLimits;
import dev.culvert.waypoint.codec.Malformed;
import dev.culvert.waypoint.codec.StrictResponseDecoder;
import dev.culvert.waypoint.exchange.ResponseHead;
import dev.culvert.waypoint.exchange.UpstreamFailure;
import dev.culvert.waypoint.exchange.UpstreamFailure.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/// A connection of HTTP/1.1 to a backend: one request at a time. Confined to its loop.
///
/// It tells its owner when it is free for the next request, and when it is gone.
final class Http1Connection extends ChannelDuplexHandler {
    private static final int SWITCHING = 101;

    /// Who keeps the connection.
    interface Owner {
        void free(Http1Connection connection);

        void gone(Http1Connection connection);
    }

    private final StrictResponseDecoder decoder;
    private final Owner owner;
    private @Nullable ChannelHandlerContext context;
    private @Nullable Http1Request current;
    private @Nullable String broken;
    private int served;
    private boolean keep = true;
    private boolean retired;
    private boolean closed;

    Http1Connection(HttpLimits limits, Owner owner) {
        decoder = new StrictResponseDecoder(limits);
        this.owner = owner;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        ctx.pipeline().addBefore(ctx.name(), null, decoder);
        ctx.pipeline().addBefore(ctx.name(), null, new HttpRequestEncoder());
        ctx.read();
    }

    /// Sends a request; the connection must be free.
    void send(UpstreamRequest request) {
        ChannelHandlerContext ctx = context;
        if (ctx == null || closed) {
            request.fail(new UpstreamFailure(Kind.STALE, "the connection closed before the request was written"));
            return;
        }
        served++;
        keep = true;
        decoder.expect(request.head().method().equals("HEAD"));
        Http1Request made = new Http1Request(this, ctx, request, served > 1);
        current = made;
        made.send();
    }

    int served() {
        return served;
    }

    boolean isFree() {
        return current == null && !closed && !retired;
    }

    /// Takes no further request, and is closed once this one has ended.
    void retire() {
        retired = true;
        if (current == null) {
            close();
        }
    }

    void close() {
        if (context != null && !closed) {
            closed = true;
            context.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Http1Request request = current;
        if (request == null || broken != null) {
            boolean nothing = message instanceof ByteBuf bytes && !bytes.isReadable();
            ReferenceCountUtil.release(message);
            if (!nothing) {
                // what nobody asked for is not the answer to the next request
                close();
            }
            return;
        }
        switch (message) {
            case Malformed malformed -> fail(request, Kind.MALFORMED, malformed.reason());
            case HttpResponse response -> head(request, response);
            case HttpContent content -> content(request, content);
            case ByteBuf raw -> request.received(raw, null);
            default -> ReferenceCountUtil.release(message);
        }
    }

    private void head(Http1Request request, HttpResponse message) {
        boolean lasting = HttpUtil.isKeepAlive(message);
        boolean chunked = HttpUtil.isTransferEncodingChunked(message);
        ResponseHead head = Http1Messages.parse(message);
        if (head == null) {
            fail(request, Kind.MALFORMED, "the response is none that could be passed on without doubt");
            return;
        }
        int status = head.status();
        if (status >= 200) {
            keep = lasting;
        }
        boolean bodyless = status != SWITCHING
                && (Http1Messages.isBodyless(status, request.method())
                        || (!chunked && HttpUtil.getContentLength(message, -1L) == 0));
        if (status != SWITCHING && status >= 200 && !bodyless && !chunked && !HttpUtil.isContentLengthSet(message)) {
            // its end is that of the connection
            keep = false;
        }
        request.answered(head, bodyless);
    }

    private void content(Http1Request request, HttpContent content) {
        if (content.decoderResult().isFailure()) {
            content.release();
            fail(request, Kind.MALFORMED, "the body of the response is not framed as it should be");
        } else {
            request.received(
                    content.content(),
                    content instanceof LastHttpContent last
                            ? Http1Messages.parseTrailers(last.trailingHeaders())
                            : null);
        }
    }

    private void fail(Http1Request request, Kind kind, String message) {
        broken = message;
        current = null;
        request.failed(new UpstreamFailure(kind, message));
        close();
    }

    /// Both messages have ended.
    void finished() {
        current = null;
        if (!keep || retired || closed || context == null) {
            if (context != null && !closed) {
                closed = true;
                context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            }
        } else {
            owner.free(this);
            context.read();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (current != null) {
            current.readComplete();
        } else if (!closed) {
            ctx.read();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (current != null) {
            current.writabilityChanged();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            keep = false;
            if (current == null) {
                close();
            } else {
                current.inputClosed();
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closed = true;
        Http1Request request = current;
        current = null;
        if (request != null) {
            request.lost(broken == null ? "the backend closed the connection" : broken);
        }
        owner.gone(this);
    }

    @Override
    @SuppressWarnings("deprecation") // deprecated in ChannelHandler only, to discourage outbound handlers
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Http1Request request = current;
        String message = "connection lost: " + cause.getMessage();
        if (request != null) {
            broken = message;
            current = null;
            request.lost(message);
        }
        close();
    }
}
