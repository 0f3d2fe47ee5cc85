package dev.culvert.waypoint;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// One stream of HTTP/2 that a test plays, at either end. The channel side is confined to its loop; the test's side may
/// be used by one thread.
final class H2Stream extends ChannelInboundHandlerAdapter {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final List<Http2Headers> heads = new ArrayList<>();
    private final StringBuilder body = new StringBuilder();
    private final boolean reading;
    private long bytes;
    private boolean ended;
    private boolean gone;
    private long reset = -1;
    private @Nullable Channel channel;

    /// @param reading whether to read what comes, or not until [#read]
    H2Stream(boolean reading) {
        this.reading = reading;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        context.channel().config().setAutoRead(reading);
        synchronized (this) {
            channel = context.channel();
            notifyAll();
        }
    }

    @Override
    public synchronized void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof Http2HeadersFrame frame) {
            heads.add(frame.headers());
            ended |= frame.isEndStream();
        } else if (message instanceof Http2DataFrame frame) {
            ByteBuf content = frame.content();
            bytes += content.readableBytes();
            if (body.length() < 1 << 16) {
                body.append(content.toString(StandardCharsets.ISO_8859_1));
            }
            ended |= frame.isEndStream();
        } else if (message instanceof Http2ResetFrame frame) {
            reset = frame.errorCode();
        }
        ReferenceCountUtil.release(message);
        notifyAll();
    }

    @Override
    public synchronized void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof Http2ResetFrame frame) {
            reset = frame.errorCode();
            notifyAll();
        }
    }

    @Override
    public synchronized void channelInactive(ChannelHandlerContext context) {
        gone = true;
        notifyAll();
    }

    @Override
    @SuppressWarnings("deprecation") // deprecated in ChannelHandler only, to discourage outbound handlers
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }

    private synchronized Channel channel() {
        await("channel", _ -> channel != null);
        Channel made = channel;
        if (made == null) {
            throw new AssertionError("no channel");
        }
        return made;
    }

    /// Reads all that comes from now on.
    void read() {
        channel().config().setAutoRead(true);
    }

    void head(boolean last, String... fields) {
        Http2Headers headers = new DefaultHttp2Headers(false);
        for (int i = 0; i < fields.length; i += 2) {
            headers.add(fields[i], fields[i + 1]);
        }
        channel().writeAndFlush(new DefaultHttp2HeadersFrame(headers, last));
    }

    void data(String content, boolean last) {
        channel()
                .writeAndFlush(
                        new DefaultHttp2DataFrame(Unpooled.copiedBuffer(content, StandardCharsets.ISO_8859_1), last));
    }

    void reset(Http2Error code) {
        channel().writeAndFlush(new DefaultHttp2ResetFrame(code));
    }

    synchronized void await(String what, Predicate<H2Stream> wanted) {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (!wanted.test(this)) {
            long left = (until - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new AssertionError("not in time: " + what + "; so far " + heads + " " + bytes + " bytes"
                        + (ended ? ", ended" : "") + (reset >= 0 ? ", reset " + reset : ""));
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    Http2Headers awaitHead() {
        await("head", each -> !each.heads.isEmpty());
        return head(0);
    }

    private synchronized Http2Headers head(int index) {
        return heads.get(index);
    }

    String awaitEnd() {
        await("end", each -> each.ended);
        return body();
    }

    /// Fields behind the body, once it has ended.
    Http2Headers awaitTrailers() {
        await("trailers", each -> each.ended && each.heads.size() > 1);
        return head(1);
    }

    void awaitBody(String text) {
        await("body " + text, each -> each.body.indexOf(text) >= 0);
    }

    long awaitReset() {
        await("reset", each -> each.reset >= 0);
        return resetCode();
    }

    private synchronized long resetCode() {
        return reset;
    }

    void awaitGone() {
        await("close", each -> each.gone);
    }

    void awaitBytes(long count) {
        await(count + " bytes", each -> each.bytes >= count);
    }

    synchronized String body() {
        return body.toString();
    }

    synchronized long bytes() {
        return bytes;
    }

    synchronized boolean isEnded() {
        return ended;
    }
}
