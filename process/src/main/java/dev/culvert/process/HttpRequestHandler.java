package dev.culvert.process;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives each request to its route on a virtual thread and writes the answer. Confined to the `admin`
/// loop; the next request is read when the answer has been written.
final class HttpRequestHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(HttpRequestHandler.class);

    private final Routes routes;

    HttpRequestHandler(Routes routes) {
        this.routes = routes;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof FullHttpRequest http)) {
            throw new IllegalStateException("the aggregator gave a " + message.getClass());
        }
        ctx.channel().config().setAutoRead(false);
        ctx.pipeline().get(RequestTimeoutHandler.class).requestComplete(ctx);
        try {
            if (http.decoderResult().isSuccess()) {
                boolean keep = HttpUtil.isKeepAlive(http);
                HttpMethod method = http.method();
                Request request = request(http);
                Thread.ofVirtual().name("admin").start(() -> write(ctx, answer(request), keep, method));
            } else {
                write(ctx, refusal(http.decoderResult().cause()), false, HttpMethod.GET);
            }
        } catch (IllegalArgumentException e) {
            write(ctx, Response.text(400, "bad request: " + e.getMessage() + "\n"), false, http.method());
        } finally {
            http.release();
        }
    }

    private static Request request(FullHttpRequest http) {
        QueryStringDecoder query = new QueryStringDecoder(http.uri());
        Map<String, String> headers = new HashMap<>();
        http.headers()
                .forEach(header -> headers.merge(
                        header.getKey().toLowerCase(Locale.ROOT), header.getValue(), (a, b) -> a + ", " + b));
        String body = http.content().toString(StandardCharsets.UTF_8);
        return new Request(http.method().name(), query.rawPath(), query.parameters(), headers, body);
    }

    private Response answer(Request request) {
        try {
            return routes.answer(request);
        } catch (Exception e) {
            LOG.atError().setCause(e).addKeyValue("path", request.path()).log("http handler failed");
            return Response.text(500, "internal error; the log tells more\n");
        }
    }

    private static Response refusal(Throwable cause) {
        return switch (cause) {
            case TooLongHttpLineException _ -> Response.text(414, "request line too long\n");
            case TooLongHttpHeaderException _ -> Response.text(431, "header fields too large\n");
            default -> Response.text(400, "malformed request\n");
        };
    }

    /// May be called on any thread.
    private static void write(ChannelHandlerContext ctx, Response response, boolean keep, HttpMethod method) {
        FullHttpResponse http = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(response.status()),
                method.equals(HttpMethod.HEAD) ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(response.body()));
        http.headers().set(HttpHeaderNames.CONTENT_TYPE, response.contentType());
        http.headers().set(HttpHeaderNames.CONTENT_LENGTH, response.body().length);
        if (!keep) {
            http.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        var _ = ctx.writeAndFlush(http).addListener((ChannelFutureListener) written -> {
            if (keep && written.isSuccess()) {
                ctx.pipeline().get(RequestTimeoutHandler.class).responseComplete(ctx);
                ctx.channel().config().setAutoRead(true);
            } else {
                var _ = ctx.close();
            }
        });
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.atDebug().addKeyValue("error", String.valueOf(cause.getMessage())).log("http connection failed");
        var _ = ctx.close();
    }
}
