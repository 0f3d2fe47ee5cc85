package dev.culvert.waypoint.connect;

import dev.culvert.waypoint.codec.Http2Messages;
import dev.culvert.waypoint.exchange.ResponseHead;
import dev.culvert.waypoint.exchange.ServerEnd;
import dev.culvert.waypoint.exchange.ServerListener;
import dev.culvert.waypoint.exchange.UpstreamFailure;
import dev.culvert.waypoint.exchange.UpstreamFailure.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// One stream of a connection of HTTP/2 to a backend. Confined to its loop.
final class Http2Request extends ChannelInboundHandlerAdapter implements ServerEnd {
    private final Http2Connection connection;
    private final UpstreamRequest request;
    private final ServerListener listener;
    private final boolean reused;
    private @Nullable ChannelHandlerContext context;
    private boolean wanted = true;
    private boolean requestEnded;
    private boolean answered;
    private boolean responseEnded;
    private boolean released;
    private boolean over;

    Http2Request(Http2Connection connection, UpstreamRequest request, boolean reused) {
        this.connection = connection;
        this.request = request;
        listener = request.listener();
        this.reused = reused;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        ctx.channel().config().setAutoRead(false);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (request.isWithdrawn()) {
            over = true;
            ctx.close();
            return;
        }
        boolean last = request.bodyless();
        requestEnded = last;
        ctx.write(new DefaultHttp2HeadersFrame(Http2Messages.request(request.head()), last))
                .addListener(done -> {
                    if (!done.isSuccess()) {
                        failed(new UpstreamFailure(
                                Kind.REFUSED,
                                "the head was not sent: " + done.cause().getMessage()));
                    }
                });
        listener.opened(this);
        ctx.flush();
        ctx.read();
    }

    @Override
    public SocketAddress localAddress() {
        return context == null
                ? new InetSocketAddress(0)
                : context.channel().parent().localAddress();
    }

    // What comes from the backend.

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        switch (message) {
            case Http2HeadersFrame frame when !over -> headers(ctx, frame);
            case Http2DataFrame frame when !over && answered -> data(frame);
            case Http2ResetFrame frame -> wasReset(frame);
            default -> ReferenceCountUtil.release(message);
        }
    }

    private void headers(ChannelHandlerContext ctx, Http2HeadersFrame frame) {
        if (answered) {
            HttpHeaders trailers = frame.isEndStream() ? Http2Messages.parseTrailers(frame.headers()) : null;
            if (trailers == null) {
                malformed(ctx, "invalid trailers");
            } else {
                ended(trailers);
            }
            return;
        }
        ResponseHead head = Http2Messages.parse(frame.headers());
        if (head == null || (head.status() < 200 && frame.isEndStream())) {
            malformed(ctx, "the response is none that could be passed on without doubt");
        } else if (head.status() < 200) {
            listener.informational(head);
        } else {
            answered = true;
            listener.head(head, frame.isEndStream());
            if (frame.isEndStream()) {
                ended(EmptyHttpHeaders.INSTANCE);
            }
        }
    }

    private void malformed(ChannelHandlerContext ctx, String message) {
        ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.PROTOCOL_ERROR));
        failed(new UpstreamFailure(Kind.MALFORMED, message));
    }

    private void data(Http2DataFrame frame) {
        boolean last = frame.isEndStream();
        if (frame.content().isReadable()) {
            listener.data(frame.content());
        } else {
            frame.release();
        }
        if (last && !over) {
            ended(EmptyHttpHeaders.INSTANCE);
        }
    }

    private void ended(HttpHeaders trailers) {
        if (over) {
            return;
        }
        responseEnded = true;
        listener.ended(trailers);
        if (!over && !requestEnded && context != null) {
            over = true;
            context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR));
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Http2ResetFrame frame) {
            wasReset(frame);
        }
    }

    private void wasReset(Http2ResetFrame frame) {
        boolean refused = frame.errorCode() == Http2Error.REFUSED_STREAM.code();
        failed(new UpstreamFailure(
                refused ? Kind.REFUSED : Kind.RESET, "the backend reset the stream with code " + frame.errorCode()));
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (over) {
            return;
        }
        listener.readComplete();
        if (wanted && !over && !responseEnded) {
            ctx.read();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (!over) {
            listener.writabilityChanged();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!released) {
            released = true;
            connection.released();
        }
        if (!responseEnded) {
            failed(lost(ctx));
        }
    }

    private UpstreamFailure lost(ChannelHandlerContext ctx) {
        Http2FrameStream stream = ctx.channel() instanceof Http2StreamChannel channel ? channel.stream() : null;
        if (stream != null && stream.id() > connection.lastTaken()) {
            return new UpstreamFailure(Kind.REFUSED, "the backend is going away and did not take the request");
        }
        return new UpstreamFailure(reused && !answered ? Kind.STALE : Kind.LOST, "the backend closed the connection");
    }

    @Override
    @SuppressWarnings("deprecation") // deprecated in ChannelHandler only, to discourage outbound handlers
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        failed(new UpstreamFailure(Kind.MALFORMED, "stream failed: " + cause.getMessage()));
        ctx.close();
    }

    private void failed(UpstreamFailure failure) {
        if (!over) {
            over = true;
            listener.failed(failure);
        }
    }

    // What goes to the backend.

    @Override
    public void data(ByteBuf bytes) {
        if (context == null || over || requestEnded) {
            bytes.release();
        } else {
            context.write(new DefaultHttp2DataFrame(bytes, false));
        }
    }

    @Override
    public void end(HttpHeaders trailers) {
        if (context == null || over || requestEnded) {
            return;
        }
        requestEnded = true;
        context.writeAndFlush(
                trailers.isEmpty()
                        ? new DefaultHttp2DataFrame(true)
                        : new DefaultHttp2HeadersFrame(Http2Messages.trailers(trailers), true));
    }

    @Override
    public void flush() {
        if (context != null && !over) {
            context.flush();
        }
    }

    @Override
    public boolean isWritable() {
        return over || context == null || context.channel().isWritable();
    }

    @Override
    public void read(boolean reading) {
        boolean began = reading && !wanted;
        wanted = reading;
        if (began && context != null && !over && !responseEnded) {
            context.read();
        }
    }

    @Override
    public void reset() {
        ChannelHandlerContext ctx = context;
        if (ctx != null && !over) {
            over = true;
            ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL));
            ctx.close();
        }
    }
}
