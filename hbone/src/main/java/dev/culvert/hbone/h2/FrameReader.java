package dev.culvert.hbone.h2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/// Bytes to frames. Payload of DATA is handed on as slices of what was read, as it comes; only frames of other
/// types that straddle two reads are copied together. Confined to its connection's loop.
final class FrameReader {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    /// Smaller pieces of payload are copied, so that a few bytes do not keep a large buffer alive.
    private static final int COPY_BELOW_BYTES = 256;

    private enum State {
        PREFACE,
        HEAD,
        PAD_LENGTH,
        DATA,
        PADDING,
        WHOLE,
        SKIP
    }

    private final FrameSink sink;
    private final ByteBufAllocator allocator;
    private final int maxFrameBytes;
    private final int maxControlBytes;
    private final byte[] head = new byte[Frames.HEAD_BYTES];
    private ByteBuf gathered = Unpooled.EMPTY_BUFFER;
    private State state;
    private int have;
    private int left;
    private int padding;
    private int type;
    private int flags;
    private int streamId;

    /// @param server whether the peer begins with the client's preface
    /// @param maxControlBytes longest frame of a type other than DATA that we gather
    FrameReader(FrameSink sink, ByteBufAllocator allocator, boolean server, int maxFrameBytes, int maxControlBytes) {
        this.sink = sink;
        this.allocator = allocator;
        this.maxFrameBytes = maxFrameBytes;
        this.maxControlBytes = maxControlBytes;
        this.state = server ? State.PREFACE : State.HEAD;
    }

    /// Reads all of `in`, which stays the caller's.
    void peek(ByteBuf in) throws Violation {
        while (in.isReadable()) {
            switch (state) {
                case PREFACE -> preface(in);
                case HEAD -> head(in);
                case PAD_LENGTH -> padLength(in);
                case DATA -> data(in);
                case PADDING -> padding(in);
                case WHOLE -> whole(in);
                case SKIP -> skip(in);
            }
        }
    }

    /// Frees what was gathered. Nothing may be read afterwards.
    void close() {
        gathered.release();
        gathered = Unpooled.EMPTY_BUFFER;
    }

    private void preface(ByteBuf in) throws Violation {
        while (in.isReadable() && have < PREFACE.length) {
            if (in.readByte() != PREFACE[have++]) {
                throw new Violation(ErrorCode.PROTOCOL_ERROR, "the client does not begin with the HTTP/2 preface");
            }
        }
        if (have == PREFACE.length) {
            next();
        }
    }

    private void next() {
        have = 0;
        state = State.HEAD;
    }

    private void head(ByteBuf in) throws Violation {
        int take = Math.min(Frames.HEAD_BYTES - have, in.readableBytes());
        in.readBytes(head, have, take);
        have += take;
        if (have < Frames.HEAD_BYTES) {
            return;
        }
        left = (head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | (head[2] & 0xff);
        type = head[3] & 0xff;
        flags = head[4] & 0xff;
        streamId = (head[5] & 0x7f) << 24 | (head[6] & 0xff) << 16 | (head[7] & 0xff) << 8 | (head[8] & 0xff);
        if (left > maxFrameBytes) {
            throw new Violation(ErrorCode.FRAME_SIZE_ERROR, "a frame of " + left + " bytes; allowed " + maxFrameBytes);
        }
        sink.head(type, streamId);
        begin();
    }

    private void begin() throws Violation {
        if (type == Frames.DATA) {
            beginData();
        } else if (type > Frames.CONTINUATION) {
            sink.unknown();
            skipOrNext(State.SKIP);
        } else if (left > maxControlBytes) {
            throw new Violation(ErrorCode.ENHANCE_YOUR_CALM, "a frame of type " + type + " of " + left + " bytes");
        } else if (left == 0) {
            next();
            sink.frame(type, flags, streamId, Unpooled.EMPTY_BUFFER);
        } else {
            state = State.WHOLE;
        }
    }

    private void skipOrNext(State wanted) {
        if (left == 0) {
            next();
        } else {
            state = wanted;
        }
    }

    private void beginData() throws Violation {
        boolean padded = Frames.has(flags, Frames.PADDED);
        if (padded && left == 0) {
            throw new Violation(ErrorCode.FRAME_SIZE_ERROR, "padded DATA without its padding length");
        }
        padding = 0;
        sink.dataHead(streamId, left, Frames.has(flags, Frames.END_STREAM));
        if (padded) {
            state = State.PAD_LENGTH;
        } else {
            dataOrEnd();
        }
    }

    private void padLength(ByteBuf in) throws Violation {
        padding = in.readUnsignedByte();
        left -= 1 + padding;
        if (left < 0) {
            throw new Violation(ErrorCode.PROTOCOL_ERROR, "DATA with more padding than payload");
        }
        sink.dataPadding(1 + padding);
        dataOrEnd();
    }

    private void dataOrEnd() throws Violation {
        if (left > 0) {
            state = State.DATA;
        } else if (padding > 0) {
            left = padding;
            state = State.PADDING;
        } else {
            next();
            sink.dataEnd();
        }
    }

    private void data(ByteBuf in) throws Violation {
        int take = Math.min(left, in.readableBytes());
        left -= take;
        // The retained slice is the sink's, who releases it.
        sink.dataPiece(take < COPY_BELOW_BYTES ? copy(in, take) : in.readRetainedSlice(take));
        if (left == 0) {
            dataOrEnd();
        }
    }

    private ByteBuf copy(ByteBuf in, int bytes) {
        return allocator.directBuffer(bytes).writeBytes(in, bytes);
    }

    private void padding(ByteBuf in) throws Violation {
        int take = Math.min(left, in.readableBytes());
        in.skipBytes(take);
        left -= take;
        if (left == 0) {
            next();
            sink.dataEnd();
        }
    }

    private void whole(ByteBuf in) throws Violation {
        if (!gathered.isReadable() && in.readableBytes() >= left) {
            ByteBuf payload = in.readSlice(left);
            next();
            sink.frame(type, flags, streamId, payload);
            return;
        }
        if (!gathered.isReadable()) {
            gathered = allocator.heapBuffer(left);
        }
        int take = Math.min(left - gathered.readableBytes(), in.readableBytes());
        gathered.writeBytes(in, take);
        if (gathered.readableBytes() == left) {
            next();
            try {
                sink.frame(type, flags, streamId, gathered.slice());
            } finally {
                close();
            }
        }
    }

    private void skip(ByteBuf in) {
        int take = Math.min(left, in.readableBytes());
        in.skipBytes(take);
        left -= take;
        if (left == 0) {
            next();
        }
    }
}
