package dev.culvert.waypoint.http;

import dev.culvert.waypoint.codec.ParsedRequest;
import dev.culvert.waypoint.exchange.ClientEnd;
import dev.culvert.waypoint.exchange.ClientListener;
import dev.culvert.waypoint.exchange.LocalReply;
import dev.culvert.waypoint.exchange.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/// One request of a connection of HTTP/1, and its response. Confined to the loop of the connection.
final class Http1Exchange implements ClientEnd {
    private static final int SWITCHING = 101;

    private final Http1Server server;
    private final ChannelHandlerContext context;
    private final ParsedRequest.Taken request;
    private final boolean old;
    private @Nullable ClientListener listener;
    private boolean wanted;
    private boolean requestEnded;
    private boolean headSent;
    private boolean responseEnded;
    private boolean hasBody;
    private boolean close;
    private boolean broken;
    private boolean raw;
    private boolean rawInputEnded;
    private boolean over;

    Http1Exchange(Http1Server server, ChannelHandlerContext context, ParsedRequest.Taken request, HttpVersion version) {
        this.server = server;
        this.context = context;
        this.request = request;
        old = version.equals(HttpVersion.HTTP_1_0);
    }

    void begin(ClientListener to) {
        listener = to;
        to.begin();
    }

    // What comes from the client.

    void received(ByteBuf bytes, @Nullable HttpHeaders trailers) {
        ClientListener to = listener;
        if (to == null || over) {
            bytes.release();
            return;
        }
        if (bytes.isReadable()) {
            to.data(bytes);
        } else {
            bytes.release();
        }
        if (trailers != null && !requestEnded) {
            requestEnded = true;
            to.ended(trailers);
            finishIfDone();
        }
    }

    void readComplete() {
        if (listener != null && !over) {
            listener.readComplete();
        }
        if (wanted && isReadable()) {
            context.read();
        }
    }

    private boolean isReadable() {
        return !over && (!requestEnded || raw);
    }

    void writabilityChanged() {
        if (listener != null && !over) {
            listener.writabilityChanged();
        }
    }

    /// The client ended its direction. When its request is whole it may still wait for the
    /// response.
    void inputClosed() {
        ClientListener to = listener;
        if (to == null || over) {
            return;
        }
        if (raw) {
            rawInputEnded = true;
            to.ended(EmptyHttpHeaders.INSTANCE);
            to.readComplete();
            closeIfBothEnded();
        } else if (!requestEnded) {
            over = true;
            to.abandoned();
            context.close();
        }
    }

    private void closeIfBothEnded() {
        if (rawInputEnded && responseEnded) {
            over = true;
            context.close();
        }
    }

    void malformed(LocalReply reply) {
        if (listener != null && !over) {
            requestEnded = true;
            broken = true;
            close = true;
            listener.malformed(reply);
        }
    }

    void gone() {
        if (!over) {
            over = true;
            if (listener != null) {
                listener.abandoned();
            }
        }
    }

    // What goes to the client.

    @Override
    public String protocol() {
        return old ? "HTTP/1.0" : "HTTP/1.1";
    }

    @Override
    public void informational(ResponseHead head) {
        if (!over && !headSent && !old) {
            context.write(Http1Response.of(head, "GET", true, false, true).message());
            context.write(LastHttpContent.EMPTY_LAST_CONTENT);
        }
    }

    @Override
    public void head(ResponseHead head, boolean last) {
        if (over) {
            return;
        }
        headSent = true;
        // a client that still sends its request would have the rest taken for the next one
        boolean whole = requestEnded || request.bodyless() || head.status() == SWITCHING;
        boolean keep = request.keep() && !close && whole && !server.isDraining();
        Http1Response response = Http1Response.of(head, request.head().method(), last, old, keep);
        hasBody = response.hasBody();
        close = response.close();
        context.write(response.message());
        if (head.status() == SWITCHING) {
            context.write(LastHttpContent.EMPTY_LAST_CONTENT);
            context.flush();
            raw = true;
            requestEnded = true;
            server.switchProtocol(context);
            readIfWanted();
        } else if (last) {
            endBody(EmptyHttpHeaders.INSTANCE);
        }
    }

    @Override
    public void data(ByteBuf bytes) {
        if (over || (!raw && !hasBody)) {
            bytes.release();
        } else if (raw) {
            context.write(bytes);
        } else {
            context.write(new DefaultHttpContent(bytes));
        }
    }

    @Override
    public void end(HttpHeaders trailers) {
        if (over) {
            return;
        }
        if (raw) {
            responseEnded = true;
            if (context.channel() instanceof DuplexChannel channel) {
                channel.shutdownOutput().addListener(_ -> closeIfBothEnded());
            }
        } else {
            endBody(trailers);
        }
    }

    private void endBody(HttpHeaders trailers) {
        LastHttpContent last = LastHttpContent.EMPTY_LAST_CONTENT;
        if (!trailers.isEmpty() && hasBody && !old) {
            DefaultLastHttpContent withTrailers = new DefaultLastHttpContent();
            withTrailers.trailingHeaders().set(trailers);
            last = withTrailers;
        }
        responseEnded = true;
        context.writeAndFlush(last);
        if (!requestEnded && !request.bodyless()) {
            close = true;
        }
        finishIfDone();
    }

    private void finishIfDone() {
        if (over || raw || !responseEnded || (!requestEnded && !close)) {
            return;
        }
        over = true;
        Http1Server.Next next = close
                ? requestEnded && !broken ? Http1Server.Next.CLOSE : Http1Server.Next.LINGER
                : Http1Server.Next.REQUEST;
        context.channel().eventLoop().execute(() -> server.finished(context, next));
    }

    @Override
    public void flush() {
        if (!over) {
            context.flush();
        }
    }

    @Override
    public boolean isWritable() {
        return over || context.channel().isWritable();
    }

    @Override
    public void read(boolean reading) {
        boolean began = reading && !wanted;
        wanted = reading;
        if (began) {
            readIfWanted();
        }
    }

    private void readIfWanted() {
        if (wanted && isReadable()) {
            context.read();
        }
    }

    /// The client must not take a response that is cut off for a whole one, so the tunnel is reset
    /// under it.
    @Override
    public void reset() {
        if (over) {
            return;
        }
        over = true;
        Channel channel = context.channel();
        if (headSent && !responseEnded) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
}
