package dev.culvert.testkit.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Answers whole requests with what was seen of them. Confined to its loop.
///
/// A gRPC request is answered with one message: its bytes are the same text, so that a client needs no schema.
final class EchoHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final String GRPC = "application/grpc";
    private static final int GRPC_PREFIX = 5;
    /// Of the codec between HTTP/2 and HTTP objects; never on the wire.
    private static final String INTERNAL = "x-http2-";

    private final EchoApp app;
    private final String protocol;

    EchoHandler(EchoApp app, String protocol) {
        this.app = app;
        this.protocol = protocol;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        boolean grpc = request.headers().get(HttpHeaderNames.CONTENT_TYPE, "").startsWith(GRPC);
        int status = app.nextStatus();
        ByteBuf text = ByteBufUtil.writeUtf8(
                context.alloc(),
                status == 200 ? seen(context.channel(), request, grpc).text() : app.pod() + " fails\n");
        FullHttpResponse response = grpc ? grpc(text) : plain(status, text);
        boolean keep = HttpUtil.isKeepAlive(request);
        if (!keep) {
            response.headers().set(HttpHeaderNames.CONNECTION, "close");
        }
        var written = context.writeAndFlush(response);
        if (!keep) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private static FullHttpResponse plain(int status, ByteBuf text) {
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), text);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "text/plain")
                .setInt(HttpHeaderNames.CONTENT_LENGTH, text.readableBytes());
        return response;
    }

    private static FullHttpResponse grpc(ByteBuf text) {
        ByteBuf prefix = Unpooled.buffer(GRPC_PREFIX).writeByte(0).writeInt(text.readableBytes());
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(prefix, text));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, GRPC);
        response.trailingHeaders().set("grpc-status", "0");
        return response;
    }

    private Echoed seen(Channel channel, FullHttpRequest request, boolean grpc) {
        Map<String, List<String>> headers = new TreeMap<>();
        for (Map.Entry<String, String> header : request.headers()) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (!name.startsWith(INTERNAL)) {
                headers.computeIfAbsent(name, _ -> new ArrayList<>()).add(header.getValue());
            }
        }
        return new Echoed(
                app.pod(),
                request.method().name(),
                request.uri(),
                request.headers().get(HttpHeaderNames.HOST, ""),
                protocol,
                peer(channel),
                grpc ? "" : request.content().toString(StandardCharsets.UTF_8),
                headers);
    }

    private static String peer(Channel channel) {
        SocketAddress address = channel.parent() == null || channel.remoteAddress() instanceof InetSocketAddress
                ? channel.remoteAddress()
                : channel.parent().remoteAddress();
        return address instanceof InetSocketAddress inet ? inet.getAddress().getHostAddress() : "";
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
