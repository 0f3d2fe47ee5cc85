package dev.culvert.waypoint;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A client inside of a tunnel, as plain as a socket: what it is given is sent, and what comes is gathered. The channel
/// side is confined to its loop; the test's side may be used by one thread.
final class InnerClient extends ChannelInboundHandlerAdapter {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final StringBuilder received = new StringBuilder();
    private long bytes;
    private boolean ended;
    private @Nullable Channel channel;
    private boolean counting;

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        context.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        synchronized (this) {
            channel = context.channel();
            notifyAll();
        }
    }

    @Override
    public synchronized void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf buffer = (ByteBuf) message;
        bytes += buffer.readableBytes();
        if (!counting) {
            received.append(buffer.toString(StandardCharsets.ISO_8859_1));
        }
        buffer.release();
        notifyAll();
    }

    @Override
    public synchronized void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            ended = true;
            notifyAll();
        }
    }

    @Override
    public synchronized void channelInactive(ChannelHandlerContext context) {
        ended = true;
        notifyAll();
    }

    @Override
    @SuppressWarnings("deprecation") // deprecated in ChannelHandler only, to discourage outbound handlers
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }

    /// Only counts what comes from now on.
    synchronized void count() {
        counting = true;
    }

    synchronized Channel channel() {
        await(_ -> channel != null);
        Channel made = channel;
        if (made == null) {
            throw new AssertionError("no channel");
        }
        return made;
    }

    void send(String text) {
        channel().writeAndFlush(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
    }

    void sendBytes(byte[] content) {
        channel().writeAndFlush(Unpooled.copiedBuffer(content)).syncUninterruptibly();
    }

    void endOutput() {
        ((DuplexChannel) channel()).shutdownOutput().syncUninterruptibly();
    }

    void close() {
        channel().close().syncUninterruptibly();
    }

    /// Waits until `wanted` holds of what came so far, and gives that.
    synchronized String await(Predicate<String> wanted) {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (!wanted.test(received.toString())) {
            long left = (until - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new AssertionError("not in time; so far: " + received + (ended ? " (ended)" : ""));
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        return received.toString();
    }

    String awaitText(String text) {
        return await(so -> so.contains(text));
    }

    String awaitEnd() {
        return await(_ -> ended);
    }

    long awaitBytes(long wanted) {
        await(_ -> bytes >= wanted);
        return bytes;
    }

    synchronized long bytes() {
        return bytes;
    }

    synchronized void forget() {
        received.setLength(0);
    }
}
