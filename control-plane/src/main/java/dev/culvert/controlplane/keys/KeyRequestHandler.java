package dev.culvert.controlplane.keys;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpContentException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Sends one request and takes its response. Confined to its loop.
final class KeyRequestHandler extends SimpleChannelInboundHandler<FullHttpResponse> {
    private final URI uri;
    private final CompletableFuture<KeyResponse> response;

    KeyRequestHandler(URI uri, CompletableFuture<KeyResponse> response) {
        this.uri = uri;
        this.response = response;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String target = uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
        FullHttpRequest request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, target, Unpooled.EMPTY_BUFFER);
        request.headers()
                .set(HttpHeaderNames.HOST, uri.getPort() > 0 ? uri.getHost() + ":" + uri.getPort() : uri.getHost())
                .set(HttpHeaderNames.ACCEPT, HttpHeaderValues.APPLICATION_JSON)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        context.writeAndFlush(request).addListener(written -> {
            if (!written.isSuccess()) {
                response.completeExceptionally(written.cause());
            }
        });
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpResponse message) {
        HttpResponseStatus status = message.status();
        String location = message.headers().get(HttpHeaderNames.LOCATION);
        if (message.decoderResult().isFailure()) {
            fail(
                    "the answer of " + uri + " is not HTTP",
                    message.decoderResult().cause());
        } else if (status.codeClass() == HttpStatusClass.REDIRECTION && location != null) {
            response.complete(new KeyResponse.Moved(location));
        } else if (status.equals(HttpResponseStatus.OK)) {
            response.complete(new KeyResponse.Document(message.content().toString(StandardCharsets.UTF_8)));
        } else {
            fail(uri + " answers " + status.code(), null);
        }
        context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        fail(uri + " closed the connection before it answered", null);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof TooLongHttpContentException) {
            fail("the answer of " + uri + " has more than " + KeyClient.MOST_BYTES + " bytes", cause);
        } else {
            fail("cannot get " + uri + ": " + cause.getMessage(), cause);
        }
        context.close();
    }

    private void fail(String message, @Nullable Throwable cause) {
        response.completeExceptionally(new IOException(message, cause));
    }
}
