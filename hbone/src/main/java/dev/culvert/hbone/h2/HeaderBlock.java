package dev.culvert.hbone.h2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/// A header block on its way, in one HEADERS and any CONTINUATION frames. Confined to its connection's loop.
final class HeaderBlock {
    private final int maxBytes;
    private final int maxContinuations;
    private ByteBuf fragments = Unpooled.EMPTY_BUFFER;
    private int streamId;
    private boolean endStream;
    private int continuations;

    /// @param maxBytes of the block as it is on the wire
    /// @param maxContinuations frames after the first, however short
    HeaderBlock(int maxBytes, int maxContinuations) {
        this.maxBytes = maxBytes;
        this.maxContinuations = maxContinuations;
    }

    /// Whether CONTINUATION is the only frame that may come next.
    boolean isOpen() {
        return streamId != 0;
    }

    int streamId() {
        return streamId;
    }

    boolean endStream() {
        return endStream;
    }

    /// Begins a block that is not complete with its first fragment. The fragment stays the caller's.
    void open(int id, boolean end, ByteBuf fragment) throws Violation {
        streamId = id;
        endStream = end;
        continuations = 0;
        fragments = Unpooled.buffer(fragment.readableBytes() * 2);
        appendPeek(fragment);
    }

    /// Adds the fragment of a CONTINUATION, which stays the caller's.
    void continued(ByteBuf fragment) throws Violation {
        if (++continuations > maxContinuations) {
            throw new Violation(ErrorCode.ENHANCE_YOUR_CALM, "more than " + maxContinuations + " CONTINUATION frames");
        }
        appendPeek(fragment);
    }

    private void appendPeek(ByteBuf fragment) throws Violation {
        if (fragments.readableBytes() + fragment.readableBytes() > maxBytes) {
            throw new Violation(ErrorCode.ENHANCE_YOUR_CALM, "a header block of more than " + maxBytes + " bytes");
        }
        fragments.writeBytes(fragment);
    }

    /// Ends the block and gives all of it; the caller owns it.
    ByteBuf complete() {
        ByteBuf whole = fragments;
        fragments = Unpooled.EMPTY_BUFFER;
        streamId = 0;
        return whole;
    }

    /// Frees what was gathered.
    void close() {
        complete().release();
    }
}
