package dev.culvert.waypoint;

import dev.culvert.hbone.ConnectReply;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/// A client of HTTP/2 inside of a tunnel to port 80 of the lab's service. May be used by the thread of its test.
final class H2Client {
    private final CompletableFuture<Channel> made = new CompletableFuture<>();
    private final List<Long> goAways = new CopyOnWriteArrayList<>();
    private final Channel channel;

    H2Client(WaypointLab lab) {
        ConnectReply reply = lab.connect(WaypointLab.VIP + ":80", new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel inner) {
                inner.pipeline()
                        .addLast(
                                Http2FrameCodecBuilder.forClient()
                                        .validateHeaders(false)
                                        .initialSettings(new Http2Settings().pushEnabled(false))
                                        .build(),
                                new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()),
                                new GoAways());
                made.complete(inner);
            }
        });
        if (!(reply instanceof ConnectReply.Accepted)) {
            throw new AssertionError("tunnel not had: " + reply);
        }
        channel = made.orTimeout(10, TimeUnit.SECONDS).join();
    }

    private final class GoAways extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof Http2GoAwayFrame frame) {
                goAways.add(frame.errorCode());
            }
            ReferenceCountUtil.release(message);
        }

        @Override
        @SuppressWarnings("deprecation") // deprecated in ChannelHandler only, to discourage outbound handlers
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    /// Codes of the GOAWAY frames that came.
    List<Long> goAways() {
        return goAways;
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    /// Opens a stream whose head is still to be sent.
    ///
    /// @param reading whether to read what comes, or not until told
    H2Stream open(boolean reading) {
        H2Stream stream = new H2Stream(reading);
        new Http2StreamChannelBootstrap(channel).handler(stream).open().syncUninterruptibly();
        return stream;
    }

    /// Sends a head.
    ///
    /// @param fields beside method, scheme and authority
    H2Stream request(String method, String path, boolean last, String... fields) {
        return request(open(true), method, path, last, fields);
    }

    static H2Stream request(H2Stream stream, String method, String path, boolean last, String... fields) {
        String[] all = new String[fields.length + 8];
        String[] pseudo = {":method", method, ":scheme", "http", ":path", path, ":authority", "web"};
        System.arraycopy(pseudo, 0, all, 0, 8);
        System.arraycopy(fields, 0, all, 8, fields.length);
        stream.head(last, all);
        return stream;
    }

    void close() {
        channel.close().syncUninterruptibly();
    }
}
