package dev.culvert.hbone.h2;

import io.netty.buffer.ByteBuf;

/// Who takes the frames that a [FrameReader] finds. Payload of DATA comes in pieces, as it arrives.
interface FrameSink {

    /// A frame begins, of whatever type.
    void head(int type, int streamId) throws Violation;

    /// A DATA frame begins.
    ///
    /// @param length what flow control counts: payload, padding and its length field
    void dataHead(int streamId, int length, boolean endStream) throws Violation;

    /// A piece of payload of that frame; the sink owns it.
    void dataPiece(ByteBuf piece);

    /// That many bytes of that frame were padding.
    void dataPadding(int bytes);

    /// That frame is complete.
    void dataEnd() throws Violation;

    /// A whole frame of another known type. The payload is the reader's and valid during this call only.
    void frame(int type, int flags, int streamId, ByteBuf payload) throws Violation;

    /// A frame of a type that nobody knows was passed over.
    void unknown() throws Violation;
}
