package dev.culvert.ztunnel.relay;

import dev.culvert.hbone.TunnelPeer;
import dev.culvert.hbone.TunnelReceiver;
import dev.culvert.hbone.TunnelStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A tunnel stream without a tunnel. Confined to the test's thread.
final class ScriptedStream implements TunnelStream {
    final StringBuilder sent = new StringBuilder();
    int consumed;
    boolean ended;
    boolean left;
    boolean reset;
    private final EventLoop loop;
    private boolean writable = true;
    private @Nullable TunnelReceiver receiver;

    ScriptedStream(EventLoop loop) {
        this.loop = loop;
    }

    TunnelReceiver receiver() {
        return Objects.requireNonNull(receiver);
    }

    void peerSends(ByteBuf bytes) {
        receiver().data(bytes);
        receiver().readComplete();
    }

    void writable(boolean now) {
        writable = now;
        receiver().writabilityChanged();
    }

    @Override
    public EventLoop eventLoop() {
        return loop;
    }

    @Override
    public ByteBufAllocator alloc() {
        return ByteBufAllocator.DEFAULT;
    }

    @Override
    public boolean isOver() {
        return reset;
    }

    @Override
    public TunnelPeer peer() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void receiver(TunnelReceiver taker) {
        receiver = taker;
    }

    @Override
    public void write(ByteBuf bytes) {
        sent.append(bytes.toString(StandardCharsets.US_ASCII));
        bytes.release();
    }

    @Override
    public void flush() {
        // what is written counts as sent
    }

    @Override
    public boolean isWritable() {
        return writable;
    }

    @Override
    public void end() {
        ended = true;
    }

    /// As when the peer's window holds the end back.
    @Override
    public void leave() {
        left = true;
    }

    @Override
    public void reset() {
        reset = true;
    }

    @Override
    public void consumed(int bytes) {
        consumed += bytes;
    }
}
