package dev.culvert.hbone;

import dev.culvert.hbone.TunnelFailure.StreamReset;
import io.netty.buffer.ByteBuf;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// The reading half of a [TunnelChannel]: keeps what nobody reads yet, and tells the pipeline of bytes, of their end
/// and of a loss. Confined to the stream's loop.
final class TunnelInput implements TunnelReceiver {
    private final TunnelStream stream;
    private final TunnelChannel channel;
    private final TunnelChannelConfig config;
    private final Runnable drainTask = this::drain;
    private @Nullable ArrayDeque<ByteBuf> held;
    /// The stream was lost when only what is held was left to be read.
    private @Nullable TunnelFailure failure;
    private volatile boolean shutdown;
    private boolean readPending;
    private boolean drainScheduled;
    private boolean delivered;
    private boolean peerEnded;

    TunnelInput(TunnelStream stream, TunnelChannel channel, TunnelChannelConfig config) {
        this.stream = stream;
        this.channel = channel;
        this.config = config;
    }

    boolean isShutdown() {
        return shutdown;
    }

    @Nullable
    TunnelFailure failure() {
        return failure;
    }

    // What the channel asks for.

    void read() {
        readPending = true;
        boolean waiting = held != null || (peerEnded && !shutdown);
        if (waiting && !drainScheduled) {
            drainScheduled = true;
            channel.eventLoop().execute(drainTask);
        }
    }

    /// AUTO_READ was turned off: what comes from now on waits to be asked for.
    void stopReading() {
        if (!config.isAutoRead()) {
            readPending = false;
        }
    }

    void shutdown() {
        shutdown = true;
        discardHeld();
        if (failure != null) {
            lost(failure);
        }
    }

    // What the stream tells.

    @Override
    public void data(ByteBuf bytes) {
        if (shutdown || !channel.isOpen()) {
            discard(bytes);
        } else if (held == null && wantsBytes()) {
            deliver(bytes);
        } else {
            if (held == null) {
                held = new ArrayDeque<>(4);
            }
            held.add(bytes);
        }
    }

    @Override
    public void readComplete() {
        if (delivered) {
            delivered = false;
            channel.pipeline().fireChannelReadComplete();
        }
    }

    @Override
    public void ended() {
        peerEnded = true;
        endWhenRead();
    }

    @Override
    public void failed(TunnelFailure reason) {
        if (peerEnded && !shutdown && channel.isOpen()) {
            failure = reason;
            channel.streamChanged();
        } else {
            discardHeld();
            lost(reason);
        }
    }

    @Override
    public void writabilityChanged() {
        channel.streamChanged();
    }

    // How it reaches the pipeline.

    private boolean wantsBytes() {
        return !shutdown && channel.isOpen() && (readPending || config.isAutoRead());
    }

    private void drain() {
        drainScheduled = false;
        while (held != null && wantsBytes()) {
            ByteBuf next = held.remove();
            if (held.isEmpty()) {
                held = null;
            }
            deliver(next);
        }
        // a read that the end of this one asks for is a new one
        boolean ends = held == null && wantsBytes();
        readComplete();
        if (ends) {
            endWhenRead();
        }
    }

    private void deliver(ByteBuf bytes) {
        int count = bytes.readableBytes();
        readPending = false;
        delivered = true;
        channel.pipeline().fireChannelRead(bytes);
        stream.consumed(count);
    }

    /// Tells of the end of the peer's direction, once all that came before it was read.
    private void endWhenRead() {
        if (!peerEnded || held != null || !wantsBytes()) {
            return;
        }
        readComplete();
        if (!wantsBytes()) {
            return;
        }
        shutdown = true;
        if (!config.isAllowHalfClosure()) {
            channel.unsafe().close(channel.unsafe().voidPromise());
            return;
        }
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownReadComplete.INSTANCE);
        if (failure != null) {
            lost(failure);
        }
    }

    /// The stream is over before its time, and nothing is left to be read.
    private void lost(TunnelFailure reason) {
        if (!channel.isOpen()) {
            return;
        }
        boolean merelyLeft = peerEnded && reason instanceof StreamReset reset && reset.isCleanEnd();
        if (!merelyLeft) {
            channel.pipeline().fireExceptionCaught(new TunnelException(reason));
        }
        channel.unsafe().close(channel.unsafe().voidPromise());
    }

    private void discardHeld() {
        ArrayDeque<ByteBuf> unread = held;
        held = null;
        if (unread != null) {
            unread.forEach(this::discard);
        }
    }

    private void discard(ByteBuf bytes) {
        stream.consumed(bytes.readableBytes());
        bytes.release();
    }
}
