package dev.culvert.hbone;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The last handler of a [TunnelChannel] in a test: records what reaches the pipeline.
final class ChannelProbe extends ChannelInboundHandlerAdapter {
    final Queue<Object> events = new ConcurrentLinkedQueue<>();
    final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    final Queue<Boolean> writability = new ConcurrentLinkedQueue<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Consumer<TunnelChannel> options;
    private final CompletableFuture<TunnelChannel> opened = new CompletableFuture<>();
    volatile int reads;
    volatile int readCompletes;
    volatile boolean inactive;

    /// @param options set before the channel is active
    ChannelProbe(Consumer<TunnelChannel> options) {
        this.options = options;
    }

    /// To be called on the stream's loop.
    void open(TunnelStream stream) {
        TunnelChannel channel = TunnelChannel.open(stream, new ChannelInitializer<TunnelChannel>() {
            @Override
            protected void initChannel(TunnelChannel made) {
                options.accept(made);
                made.pipeline().addLast(ChannelProbe.this);
            }
        });
        opened.complete(channel);
    }

    TunnelChannel channel() {
        return opened.orTimeout(10, TimeUnit.SECONDS).join();
    }

    ChannelFuture send(String text) {
        return channel().writeAndFlush(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
    }

    synchronized String text() {
        return bytes.toString(StandardCharsets.US_ASCII);
    }

    synchronized int size() {
        return bytes.size();
    }

    @Nullable
    TunnelFailure failure() {
        return failures.peek() instanceof TunnelException e ? e.failure() : null;
    }

    List<Object> events() {
        return List.copyOf(events);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf piece = (ByteBuf) message;
        byte[] copy = new byte[piece.readableBytes()];
        piece.readBytes(copy);
        piece.release();
        synchronized (this) {
            bytes.writeBytes(copy);
            reads++;
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        synchronized (this) {
            readCompletes++;
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        writability.add(context.channel().isWritable());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        events.add(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        inactive = true;
    }

    @Override
    @SuppressWarnings("deprecation") // deprecated in ChannelHandler only, to discourage outbound handlers
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        failures.add(cause);
    }
}
