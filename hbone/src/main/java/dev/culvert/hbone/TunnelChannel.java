package dev.culvert.hbone;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.local.LocalServerChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.DuplexChannelConfig;
import io.netty.util.internal.StringUtil;
import java.net.SocketAddress;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A [TunnelStream] as a channel with a pipeline, so that codecs run on what a tunnel carries. Confined
/// to the stream's loop, but for what Netty lets any thread do with a channel.
///
/// It behaves as a TCP socket channel does:
///
/// - Reading. Bytes that nobody reads are kept, and hold the peer's window shut; they count as consumed
///   once they were given to the pipeline. The end of the peer's direction is told behind them: with
///   ALLOW_HALF_CLOSURE as [ChannelInputShutdownEvent], otherwise by closing.
/// - Writing. Buffers are handed to the stream as they are. The channel is not writable while the stream
///   is not; what is flushed then waits. [#shutdownOutput()] ends our direction behind all that was
///   flushed.
/// - Closing sends what the stream has taken, then the end, and then a reset if the peer has not ended as
///   well; after SO_LINGER seconds (30, if negative) it is a reset in any case. With SO_LINGER at 0 it is a
///   reset at once, so that the peer does not take the end of a broken message for its end.
/// - A stream that is reset or lost is a [TunnelException] to the pipeline, and then closes the channel.
///   What came before and was not read is lost with it, unless the peer had ended its direction.
public final class TunnelChannel extends AbstractChannel implements DuplexChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);
    /// The bit of the channel's writability that follows the stream's.
    private static final int STREAM_WRITABILITY = 1;
    /// Never open. Netty's multiplexer of HTTP/2 tells by a channel's parent which end it is, and as a client's would
    /// take the first stream for the answer to an upgrade.
    private static final Channel LISTENER = new LocalServerChannel();

    private final TunnelStream stream;
    private final TunnelChannelConfig config;
    private final TunnelInput input;
    private @Nullable ChannelPromise endAfterWrites;
    private volatile boolean open = true;
    private volatile boolean outputShutdown;

    private TunnelChannel(TunnelStream stream, @Nullable Channel parent) {
        super(parent);
        this.stream = stream;
        this.config = new TunnelChannelConfig(this, stream.alloc(), this::readingStopped);
        this.input = new TunnelInput(stream, this, config);
    }

    /// Makes a channel of a stream that has no receiver yet, with `handler` in its pipeline. To be called
    /// on the stream's loop. When this returns the channel is active, and has read what the stream had for
    /// it; or it is closed already.
    public static TunnelChannel open(TunnelStream stream, ChannelHandler handler) {
        return open(new TunnelChannel(stream, null), stream, handler);
    }

    /// The same for the server's end of what is inside: the channel's parent is a [io.netty.channel.ServerChannel],
    /// as that of an accepted socket is.
    public static TunnelChannel accept(TunnelStream stream, ChannelHandler handler) {
        return open(new TunnelChannel(stream, LISTENER), stream, handler);
    }

    private static TunnelChannel open(TunnelChannel channel, TunnelStream stream, ChannelHandler handler) {
        assert stream.eventLoop().inEventLoop();
        channel.pipeline().addLast(handler);
        channel.unsafe().register(stream.eventLoop(), channel.newPromise());
        stream.receiver(channel.input);
        return channel;
    }

    /// Who is at the other end of the tunnel.
    public TunnelPeer peer() {
        return stream.peer();
    }

    // Reading.

    @Override
    protected void doBeginRead() {
        input.read();
    }

    private void readingStopped() {
        onLoop(input::stopReading);
    }

    // Writing.

    @Override
    protected Object filterOutboundMessage(Object message) {
        if (message instanceof ByteBuf) {
            return message;
        }
        throw new UnsupportedOperationException(
                "a tunnel carries bytes, no " + StringUtil.simpleClassName(message) + "; is a codec missing?");
    }

    /// The stream's writability changed, or it is over and takes nothing more.
    void streamChanged() {
        ((TunnelUnsafe) unsafe()).flush0();
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer out) {
        boolean wrote = false;
        for (Object next = out.current(); next != null; next = out.current()) {
            if (stream.isOver()) {
                out.remove(overCause());
            } else if (stream.isWritable()) {
                // released by the stream when it was sent, or dropped
                stream.write(((ByteBuf) next).retain());
                wrote = true;
                out.remove();
            } else {
                break;
            }
        }
        if (wrote) {
            stream.flush();
        }
    }

    private Throwable overCause() {
        TunnelFailure failure = input.failure();
        return failure == null ? new ClosedChannelException() : new TunnelException(failure);
    }

    @Override
    public boolean isOutputShutdown() {
        return outputShutdown || !open;
    }

    @Override
    public ChannelFuture shutdownOutput() {
        return shutdownOutput(newPromise());
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
        onLoop(() -> endOutput(promise));
        return promise;
    }

    private void endOutput(ChannelPromise promise) {
        ChannelOutboundBuffer out = unsafe().outboundBuffer();
        if (out != null && !out.isEmpty() && endAfterWrites == null) {
            endAfterWrites = promise;
        } else {
            ((TunnelUnsafe) unsafe()).shutdownOutput(promise);
        }
    }

    @Override
    protected void doShutdownOutput() {
        outputShutdown = true;
        stream.end();
    }

    // Either or both.

    @Override
    public boolean isInputShutdown() {
        return input.isShutdown() || !open;
    }

    @Override
    public ChannelFuture shutdownInput() {
        return shutdownInput(newPromise());
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
        onLoop(() -> {
            input.shutdown();
            promise.trySuccess();
        });
        return promise;
    }

    @Override
    public boolean isShutdown() {
        return isInputShutdown() && isOutputShutdown();
    }

    @Override
    public ChannelFuture shutdown() {
        return shutdown(newPromise());
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
        shutdownInput();
        return shutdownOutput(promise);
    }

    private void onLoop(Runnable task) {
        if (eventLoop().inEventLoop()) {
            task.run();
        } else {
            eventLoop().execute(task);
        }
    }

    @Override
    protected void doClose() {
        open = false;
        input.shutdown();
        if (endAfterWrites != null) {
            endAfterWrites.tryFailure(new ClosedChannelException());
            endAfterWrites = null;
        }
        if (config.lingerSeconds() == 0) {
            stream.reset();
        } else {
            stream.leave();
        }
        if (!stream.isOver()) {
            // behind the flush that was asked for, which most often is all that was left to do
            stream.eventLoop().execute(this::linger);
        }
    }

    private void linger() {
        if (!stream.isOver()) {
            stream.eventLoop().schedule(stream::reset, config.lingerSeconds(), TimeUnit.SECONDS);
        }
    }

    // What a channel must say of itself.

    @Override
    public DuplexChannelConfig config() {
        return config;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isActive() {
        return open;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    protected SocketAddress localAddress0() {
        return stream.peer().local();
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return stream.peer().remote();
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return loop.equals(stream.eventLoop());
    }

    @Override
    protected void doBind(SocketAddress address) {
        throw new UnsupportedOperationException("a tunnel has its addresses from its connection");
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new TunnelUnsafe();
    }

    private final class TunnelUnsafe extends AbstractUnsafe {
        @Override
        public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
            promise.tryFailure(new AlreadyConnectedException());
        }

        @Override
        protected void flush0() {
            super.flush0();
            ChannelOutboundBuffer out = outboundBuffer();
            if (out != null) {
                out.setUserDefinedWritability(STREAM_WRITABILITY, stream.isWritable());
            }
            ChannelPromise end = endAfterWrites;
            if (end != null && (out == null || out.isEmpty())) {
                endAfterWrites = null;
                shutdownOutput(end);
            }
        }
    }
}
