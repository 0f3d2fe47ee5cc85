package dev.culvert.hbone.h2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Frames to bytes, in pieces that suit TLS: small frames are gathered until they fill a TLS record; of a large
/// payload only what completes a record and what is left over is copied, whole records between are passed on as
/// they are. Confined to its connection's loop.
final class FrameWriter {
    private static final int RECORD_BYTES = 16_384;
    private static final int SMALL_BYTES = 1_024;
    private static final int WINDOW_UPDATE_BYTES = 4;
    private static final int PING_BYTES = 8;
    private static final int SETTING_BYTES = 6;
    private static final int MAX_DETAIL_BYTES = 256;

    private final ChannelHandlerContext context;
    private @Nullable ByteBuf out;
    private boolean unflushed;

    FrameWriter(ChannelHandlerContext context) {
        this.context = context;
    }

    ByteBufAllocator alloc() {
        return context.alloc();
    }

    /// The bytes that a client begins with.
    void preface() {
        ByteBufUtil.writeAscii(room(24, 24), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    }

    /// Our settings, by identifier.
    void settings(Map<Integer, Long> settings) {
        ByteBuf to = frame(Frames.SETTINGS, 0, 0, settings.size() * SETTING_BYTES);
        settings.forEach((id, value) -> to.writeShort(id).writeInt(value.intValue()));
    }

    void settingsAck() {
        frame(Frames.SETTINGS, Frames.ACK, 0, 0);
    }

    void ping(long data, boolean ack) {
        frame(Frames.PING, ack ? Frames.ACK : 0, 0, PING_BYTES).writeLong(data);
    }

    void windowUpdate(int streamId, int bytes) {
        frame(Frames.WINDOW_UPDATE, 0, streamId, WINDOW_UPDATE_BYTES).writeInt(bytes);
    }

    void reset(int streamId, ErrorCode code) {
        frame(Frames.RST_STREAM, 0, streamId, 4).writeInt(code.code());
    }

    void goAway(int lastStreamId, ErrorCode code, String detail) {
        byte[] words = detail.getBytes(StandardCharsets.UTF_8);
        int bytes = Math.min(words.length, MAX_DETAIL_BYTES);
        frame(Frames.GOAWAY, 0, 0, 8 + bytes)
                .writeInt(lastStreamId)
                .writeInt(code.code())
                .writeBytes(words, 0, bytes);
    }

    /// A header block, in as many frames as the peer's frame size asks for. The block stays the caller's.
    void headersPeek(int streamId, ByteBuf block, boolean endStream, int maxFrameBytes) {
        int type = Frames.HEADERS;
        int flags = endStream ? Frames.END_STREAM : 0;
        do {
            int bytes = Math.min(block.readableBytes(), Math.min(maxFrameBytes, RECORD_BYTES - Frames.HEAD_BYTES));
            boolean last = bytes == block.readableBytes();
            frame(type, last ? flags | Frames.END_HEADERS : flags, streamId, bytes)
                    .writeBytes(block, bytes);
            type = Frames.CONTINUATION;
            flags = 0;
        } while (block.isReadable());
    }

    /// Begins a DATA frame; exactly `bytes` of [#payloadPeek] have to follow.
    void dataHead(int streamId, int bytes, boolean endStream) {
        ByteBuf to = room(Frames.HEAD_BYTES, Frames.HEAD_BYTES + bytes);
        head(to, Frames.DATA, endStream ? Frames.END_STREAM : 0, streamId, bytes);
    }

    /// Takes `bytes` out of `from`, which stays the caller's.
    void payloadPeek(ByteBuf from, int bytes) {
        int todo = bytes;
        while (todo > 0) {
            boolean aligned = out == null;
            if (aligned && todo >= RECORD_BYTES) {
                int whole = todo - todo % RECORD_BYTES;
                // The retained slice is the channel's, who releases it when written.
                context.write(from.readRetainedSlice(whole), context.voidPromise());
                todo -= whole;
            } else {
                ByteBuf to = room(1, todo);
                int some = Math.min(todo, RECORD_BYTES - to.readableBytes());
                to.writeBytes(from, some);
                todo -= some;
                emitWhenFull();
            }
        }
    }

    /// Sends everything down, if anything was written since the last time.
    void flush() {
        if (unflushed) {
            unflushed = false;
            emit();
            context.flush();
        }
    }

    /// Frees what was not sent.
    void close() {
        if (out != null) {
            out.release();
            out = null;
        }
    }

    private ByteBuf frame(int type, int flags, int streamId, int length) {
        ByteBuf to = room(Frames.HEAD_BYTES + length, Frames.HEAD_BYTES + length);
        head(to, type, flags, streamId, length);
        return to;
    }

    private static void head(ByteBuf to, int type, int flags, int streamId, int length) {
        to.writeMedium(length).writeByte(type).writeByte(flags).writeInt(streamId);
    }

    /// The buffer to write to: with room for `needed` bytes in its record, and likely to be given `expected`.
    private ByteBuf room(int needed, int expected) {
        unflushed = true;
        if (out != null && RECORD_BYTES - out.readableBytes() < needed) {
            emit();
        }
        if (out == null) {
            int size = Math.min(RECORD_BYTES, Math.max(SMALL_BYTES, expected));
            out = context.alloc().directBuffer(size, RECORD_BYTES);
        }
        return out;
    }

    private void emitWhenFull() {
        if (out != null && out.readableBytes() == RECORD_BYTES) {
            emit();
        }
    }

    private void emit() {
        ByteBuf full = out;
        if (full != null) {
            out = null;
            context.write(full, context.voidPromise());
        }
    }
}
