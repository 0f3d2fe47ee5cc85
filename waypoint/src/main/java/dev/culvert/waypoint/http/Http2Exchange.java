package dev.culvert.waypoint.http;

import dev.culvert.waypoint.codec.Http1Messages;
import dev.culvert.waypoint.codec.Http2Messages;
import dev.culvert.waypoint.codec.Malformed;
import dev.culvert.waypoint.codec.ParsedRequest;
import dev.culvert.waypoint.exchange.ClientEnd;
import dev.culvert.waypoint.exchange.ClientListener;
import dev.culvert.waypoint.exchange.LocalReply;
import dev.culvert.waypoint.exchange.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One stream of a connection of HTTP/2 at the server's end. Confined to the loop of the
/// connection.
final class Http2Exchange extends ChannelInboundHandlerAdapter implements ClientEnd {
    private static final Logger LOG = LoggerFactory.getLogger(Http2Exchange.class);

    private final Http2Server server;
    private final HttpSettings settings;
    private final RequestService service;
    private @Nullable ChannelHandlerContext context;
    private @Nullable ClientListener listener;
    private String method = "";
    private boolean wanted;
    private boolean requestEnded;
    private boolean responseEnded;
    private boolean hasBody = true;
    private boolean over;

    Http2Exchange(Http2Server server, HttpSettings settings, RequestService service) {
        this.server = server;
        this.settings = settings;
        this.service = service;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        server.opened(this);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.read();
    }

    // What comes from the client.

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        switch (message) {
            case Http2HeadersFrame frame when listener == null && !over -> begin(frame);
            case Http2HeadersFrame frame -> trailers(frame);
            case Http2DataFrame frame -> data(frame);
            default -> ReferenceCountUtil.release(message);
        }
    }

    private void begin(Http2HeadersFrame frame) {
        switch (Http2Messages.parse(frame.headers(), frame.isEndStream(), settings.limits())) {
            case ParsedRequest.Refused(Malformed why) -> {
                service.refused(why.reply(), protocol());
                answer(why.reply());
            }
            case ParsedRequest.Taken taken -> {
                method = taken.head().method();
                ClientListener to = service.begin(this, taken.head(), taken.bodyless());
                listener = to;
                to.begin();
                if (frame.isEndStream()) {
                    requestEnded = true;
                    to.ended(EmptyHttpHeaders.INSTANCE);
                }
            }
        }
    }

    private void answer(LocalReply reply) {
        ResponseHead head = LocalReplies.head(reply);
        head(head, reply.body().length() == 0);
        if (reply.body().length() > 0) {
            data(reply.body().toBuffer());
            end(EmptyHttpHeaders.INSTANCE);
        }
    }

    private void trailers(Http2HeadersFrame frame) {
        ClientListener to = listener;
        if (to == null || over || requestEnded) {
            return;
        }
        HttpHeaders trailers = frame.isEndStream() ? Http2Messages.parseTrailers(frame.headers()) : null;
        if (trailers == null) {
            to.malformed(new Malformed(400, "invalid_trailers").reply());
        } else {
            requestEnded = true;
            to.ended(trailers);
        }
    }

    private void data(Http2DataFrame frame) {
        ClientListener to = listener;
        if (to == null || over || requestEnded) {
            frame.release();
            return;
        }
        if (frame.content().isReadable()) {
            to.data(frame.content());
        } else {
            frame.release();
        }
        if (frame.isEndStream()) {
            requestEnded = true;
            to.ended(EmptyHttpHeaders.INSTANCE);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (listener != null && !over) {
            listener.readComplete();
        }
        if (wanted && !over && !requestEnded) {
            ctx.read();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (listener != null && !over) {
            listener.writabilityChanged();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Http2ResetFrame) {
            gone();
            ctx.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        server.closed(this);
        gone();
    }

    /// The client has reset the stream, or has gone.
    void gone() {
        boolean whole = requestEnded && responseEnded;
        boolean was = over;
        over = true;
        if (!whole && !was && listener != null) {
            listener.abandoned();
        }
    }

    @Override
    @SuppressWarnings("deprecation") // deprecated in ChannelHandler only, to discourage outbound handlers
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Unexpected.log(LOG, cause);
        gone();
        if (!(cause instanceof Http2Exception)) {
            // else the codec resets the stream, and counts it among those that the client made it reset
            ctx.close();
        }
    }

    // What goes to the client.

    @Override
    public String protocol() {
        return "HTTP/2";
    }

    @Override
    public void informational(ResponseHead head) {
        if (context != null && !over) {
            context.write(new DefaultHttp2HeadersFrame(Http2Messages.response(head), false));
        }
    }

    @Override
    public void head(ResponseHead head, boolean last) {
        if (context == null || over) {
            return;
        }
        hasBody = !Http1Messages.isBodyless(head.status(), method);
        if (head.status() == 204) {
            head.headers().remove(HttpHeaderNames.CONTENT_LENGTH);
        }
        boolean ends = last || !hasBody;
        server.responded();
        context.write(new DefaultHttp2HeadersFrame(Http2Messages.response(head), ends))
                .addListener(done -> {
                    if (!done.isSuccess()) {
                        // such as a head that is larger than the client takes
                        reset();
                    }
                });
        if (ends) {
            ended();
        }
    }

    @Override
    public void data(ByteBuf bytes) {
        if (context == null || over || responseEnded) {
            bytes.release();
        } else {
            server.responded();
            context.write(new DefaultHttp2DataFrame(bytes, false));
        }
    }

    @Override
    public void end(HttpHeaders trailers) {
        if (context == null || over || responseEnded) {
            return;
        }
        if (trailers.isEmpty()) {
            context.write(new DefaultHttp2DataFrame(true));
        } else {
            context.write(new DefaultHttp2HeadersFrame(Http2Messages.trailers(trailers), true));
        }
        ended();
    }

    private void ended() {
        responseEnded = true;
        ChannelHandlerContext ctx = context;
        if (ctx != null) {
            ctx.flush();
            if (!requestEnded) {
                // RFC 9113 section 8.1: the response is whole, and the rest of the request is not wanted
                ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR));
            }
        }
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
        if (began && context != null && !over && !requestEnded) {
            context.read();
        }
    }

    @Override
    public void reset() {
        ChannelHandlerContext ctx = context;
        if (ctx != null && !over) {
            over = true;
            ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.INTERNAL_ERROR));
        }
    }
}
