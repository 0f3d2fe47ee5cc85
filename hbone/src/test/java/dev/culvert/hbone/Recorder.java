package dev.culvert.hbone;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// One end of a tunnel in a test: records what comes, and may be told to hold its credit back or to echo.
public final class Recorder implements TunnelReceiver {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    public volatile @Nullable TunnelStream stream;
    public volatile @Nullable TunnelFailure failure;
    public volatile boolean ended;
    public volatile boolean holdsCredit;
    private volatile boolean echoes;

    public Recorder echoing() {
        echoes = true;
        return this;
    }

    /// Becomes the receiver; called on the stream's loop.
    public void attach(TunnelStream to) {
        stream = to;
        to.receiver(this);
    }

    public TunnelStream stream() {
        TunnelStream attached = stream;
        if (attached == null) {
            throw new IllegalStateException("no stream yet");
        }
        return attached;
    }

    public void send(String text) {
        on(() -> {
            stream().write(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
            stream().flush();
        });
    }

    public void end() {
        on(() -> stream().end());
    }

    public void leave() {
        on(() -> stream().leave());
    }

    public void reset() {
        on(() -> stream().reset());
    }

    private void on(Runnable task) {
        CompletableFuture.runAsync(task, stream().eventLoop()).join();
    }

    public synchronized String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    public synchronized int size() {
        return bytes.size();
    }

    @Override
    public void data(ByteBuf buffer) {
        int count = buffer.readableBytes();
        synchronized (this) {
            byte[] copy = new byte[count];
            buffer.getBytes(buffer.readerIndex(), copy);
            bytes.writeBytes(copy);
        }
        if (echoes) {
            stream().write(buffer);
        } else {
            buffer.release();
        }
        if (!holdsCredit) {
            stream().consumed(count);
        }
    }

    @Override
    public void readComplete() {
        stream().flush();
    }

    @Override
    public void ended() {
        ended = true;
        if (echoes) {
            stream().end();
        }
    }

    @Override
    public void failed(TunnelFailure reason) {
        failure = reason;
    }

    @Override
    public void writabilityChanged() {
        // a recorder writes little
    }
}
