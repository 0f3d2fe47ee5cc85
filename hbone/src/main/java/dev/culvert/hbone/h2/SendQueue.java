package dev.culvert.hbone.h2;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Bytes of one stream that wait to be sent. Costs nothing while empty. Confined to its connection's loop.
final class SendQueue {
    private static final int USUAL_BUFFERS = 4;

    private @Nullable ArrayDeque<ByteBuf> buffers;
    private int bytes;

    int bytes() {
        return bytes;
    }

    /// Adds a buffer, which the queue then owns.
    void add(ByteBuf buffer) {
        if (!buffer.isReadable()) {
            buffer.release();
            return;
        }
        if (buffers == null) {
            buffers = new ArrayDeque<>(USUAL_BUFFERS);
        }
        buffers.add(buffer);
        bytes += buffer.readableBytes();
    }

    /// Writes `count` bytes as payload and frees what is used up.
    void moveTo(FrameWriter writer, int count) {
        int todo = count;
        bytes -= count;
        while (todo > 0 && buffers != null) {
            ByteBuf first = buffers.element();
            int some = Math.min(todo, first.readableBytes());
            writer.payloadPeek(first, some);
            todo -= some;
            if (!first.isReadable()) {
                buffers.remove().release();
            }
        }
        if (bytes == 0) {
            buffers = null;
        }
    }

    /// Drops everything.
    void clear() {
        if (buffers != null) {
            buffers.forEach(ByteBuf::release);
            buffers = null;
        }
        bytes = 0;
    }
}
