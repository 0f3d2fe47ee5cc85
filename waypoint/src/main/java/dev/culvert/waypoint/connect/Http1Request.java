package dev.culvert.waypoint.connect;

import dev.culvert.waypoint.codec.Http1Messages;
import dev.culvert.waypoint.exchange.ResponseHead;
import dev.culvert.waypoint.exchange.ServerEnd;
import dev.culvert.waypoint.exchange.ServerListener;
import dev.culvert.waypoint.exchange.UpstreamFailure;
import dev.culvert.waypoint.exchange.UpstreamFailure.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// One request on a connection of HTTP/1.1 to a backend, and its response. Confined to its loop.
final class Http1Request implements ServerEnd {
    private static final int SWITCHING = 101;

    private final Http1Connection connection;
    private final ChannelHandlerContext context;
    private final UpstreamRequest request;
    private final ServerListener listener;
    private final boolean reused;
    private boolean wanted = true;
    private boolean requestEnded;
    private boolean answered;
    private boolean responseEnded;
    private boolean chunked;
    private boolean raw;
    private boolean rawOutputEnded;
    private boolean over;

    Http1Request(Http1Connection connection, ChannelHandlerContext context, UpstreamRequest request, boolean reused) {
        this.connection = connection;
        this.context = context;
        this.request = request;
        listener = request.listener();
        this.reused = reused;
    }

    void send() {
        var message = Http1Messages.request(request.head(), request.bodyless());
        chunked = message.headers().contains(HttpHeaderNames.TRANSFER_ENCODING);
        context.write(message);
        listener.opened(this);
        if (request.bodyless() && !over) {
            requestEnded = true;
            context.write(LastHttpContent.EMPTY_LAST_CONTENT);
        }
        if (!over) {
            context.flush();
            context.read();
        }
    }

    String method() {
        return request.head().method();
    }

    @Override
    public SocketAddress localAddress() {
        return context.channel().localAddress();
    }

    // What comes from the backend.

    void answered(ResponseHead head, boolean bodyless) {
        if (over) {
            return;
        }
        if (head.status() < 200 && head.status() != SWITCHING) {
            listener.informational(head);
            return;
        }
        answered = true;
        raw = head.status() == SWITCHING;
        if (raw) {
            // bytes of whatever protocol follows; nothing of HTTP is left to be encoded
            context.pipeline().remove(HttpRequestEncoder.class);
        }
        listener.head(head, bodyless && !raw);
    }

    void received(ByteBuf bytes, @Nullable HttpHeaders trailers) {
        if (over || !answered) {
            bytes.release();
            return;
        }
        if (bytes.isReadable()) {
            listener.data(bytes);
        } else {
            bytes.release();
        }
        if (trailers != null && !raw && !over) {
            responseEnded = true;
            listener.ended(trailers);
            finishIfDone();
        }
    }

    void readComplete() {
        if (over) {
            return;
        }
        listener.readComplete();
        if (wanted && !over && (!responseEnded || raw)) {
            context.read();
        }
    }

    void writabilityChanged() {
        if (!over) {
            listener.writabilityChanged();
        }
    }

    void inputClosed() {
        if (over) {
            return;
        }
        if (raw) {
            responseEnded = true;
            listener.ended(EmptyHttpHeaders.INSTANCE);
            listener.readComplete();
            closeIfBothEnded();
        } else if (!responseEnded) {
            lost("the backend closed the connection");
            connection.close();
        }
    }

    private void closeIfBothEnded() {
        if (rawOutputEnded && responseEnded) {
            over = true;
            connection.close();
        }
    }

    void lost(String message) {
        failed(new UpstreamFailure(reused && !answered ? Kind.STALE : Kind.LOST, message));
    }

    void failed(UpstreamFailure failure) {
        if (!over) {
            over = true;
            listener.failed(failure);
        }
    }

    // What goes to the backend.

    @Override
    public void data(ByteBuf bytes) {
        if (over) {
            bytes.release();
        } else if (raw) {
            context.write(bytes);
        } else if (requestEnded) {
            bytes.release();
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
            if (context.channel() instanceof DuplexChannel channel) {
                channel.shutdownOutput().addListener(_ -> {
                    rawOutputEnded = true;
                    closeIfBothEnded();
                });
            }
            return;
        }
        if (requestEnded) {
            return;
        }
        requestEnded = true;
        LastHttpContent last = LastHttpContent.EMPTY_LAST_CONTENT;
        if (chunked && !trailers.isEmpty()) {
            last = new DefaultLastHttpContent();
            last.trailingHeaders().set(trailers);
        }
        context.writeAndFlush(last);
        finishIfDone();
    }

    private void finishIfDone() {
        if (!over && !raw && responseEnded) {
            over = true;
            if (requestEnded) {
                connection.finished();
            } else {
                // the rest of the request would be taken for the next one
                connection.close();
            }
        }
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
        if (began && !over && (!responseEnded || raw)) {
            context.read();
        }
    }

    @Override
    public void reset() {
        if (!over) {
            over = true;
            context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
            connection.close();
        }
    }
}
