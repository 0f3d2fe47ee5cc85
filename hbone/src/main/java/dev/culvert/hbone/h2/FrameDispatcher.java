package dev.culvert.hbone.h2;

import dev.culvert.hbone.TunnelFailure;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// What each frame means for the connection and its streams, and which frames are breaches (RFC 9113 sections 5
/// and 6). Confined to its connection's loop.
final class FrameDispatcher implements FrameSink {
    private static final int PRIORITY_BYTES = 5;
    private static final int ID_MASK = 0x7fffffff;

    private final TunnelConnection connection;
    private final HeaderCodec headers;
    private final HeaderBlock block;
    private boolean blockIsIllegal;
    private @Nullable Http2Stream dataStream;
    private boolean dataEnds;

    FrameDispatcher(TunnelConnection connection, HeaderCodec headers, int maxBlockBytes) {
        this.connection = connection;
        this.headers = headers;
        this.block = new HeaderBlock(maxBlockBytes, connection.limits().floods().continuations());
    }

    void close() {
        block.close();
    }

    @Override
    public void head(int type, int streamId) throws Violation {
        if (block.isOpen() && (type != Frames.CONTINUATION || streamId != block.streamId())) {
            throw protocolError("a frame of type " + type + " within a header block");
        }
        if (!connection.peerSettings().known() && type != Frames.SETTINGS) {
            throw protocolError("a frame of type " + type + " before SETTINGS");
        }
    }

    @Override
    public void dataHead(int streamId, int length, boolean endStream) throws Violation {
        requireStream(streamId);
        if (!connection.takeCredit(length)) {
            throw new Violation(ErrorCode.FLOW_CONTROL_ERROR, "DATA beyond the connection's window");
        }
        if (length == 0 && !endStream) {
            connection.flood().emptyData();
        }
        dataEnds = endStream;
        dataStream = connection.streams().get(streamId);
        if (dataStream == null) {
            dataWithoutStream(streamId);
        } else if (dataStream.remoteEnded()) {
            rejectData(dataStream, ErrorCode.STREAM_CLOSED, "DATA after the end of the stream");
        } else if (!dataStream.takeCredit(length)) {
            rejectData(dataStream, ErrorCode.FLOW_CONTROL_ERROR, "DATA beyond the stream's window");
        } else if (!dataStream.mayReceive()) {
            rejectData(dataStream, ErrorCode.PROTOCOL_ERROR, "DATA before the answer");
        }
    }

    private void dataWithoutStream(int streamId) throws Violation {
        requireOpened(streamId);
        if (connection.streams().recentlyReset(streamId)) {
            connection.flood().ignored();
        } else {
            connection.refuse(streamId, ErrorCode.STREAM_CLOSED);
        }
    }

    private void rejectData(Http2Stream stream, ErrorCode code, String detail) throws Violation {
        dataStream = null;
        connection.streamError(stream, code, detail);
    }

    @Override
    public void dataPiece(ByteBuf piece) {
        if (dataStream == null || dataStream.isOver()) {
            connection.giveBack(piece.readableBytes());
            piece.release();
        } else {
            connection.deliver(dataStream, piece);
        }
    }

    @Override
    public void dataPadding(int bytes) {
        if (dataStream == null) {
            connection.giveBack(bytes);
        } else {
            dataStream.giveBack(bytes);
        }
    }

    @Override
    public void dataEnd() {
        Http2Stream stream = dataStream;
        dataStream = null;
        if (stream != null && dataEnds && !stream.isOver()) {
            stream.remoteEnd();
        }
    }

    @Override
    public void unknown() throws Violation {
        connection.flood().ignored();
    }

    @Override
    public void frame(int type, int flags, int streamId, ByteBuf payload) throws Violation {
        switch (type) {
            case Frames.HEADERS -> headers(flags, streamId, payload);
            case Frames.PRIORITY -> priority(streamId, payload);
            case Frames.RST_STREAM -> reset(streamId, payload);
            case Frames.SETTINGS -> settings(flags, streamId, payload);
            case Frames.PING -> ping(flags, streamId, payload);
            case Frames.GOAWAY -> goAway(streamId, payload);
            case Frames.WINDOW_UPDATE -> windowUpdate(streamId, payload);
            case Frames.CONTINUATION -> continuation(flags, payload);
            default -> throw protocolError("a frame of type " + type + ", which neither end may send here");
        }
    }

    private void headers(int flags, int streamId, ByteBuf payload) throws Violation {
        requireStream(streamId);
        int padding = 0;
        if (Frames.has(flags, Frames.PADDED)) {
            requireSize(payload.isReadable(), "HEADERS", payload);
            padding = payload.readUnsignedByte();
        }
        blockIsIllegal = false;
        if (Frames.has(flags, Frames.PRIORITIZED)) {
            requireSize(payload.readableBytes() >= PRIORITY_BYTES, "HEADERS", payload);
            blockIsIllegal = (payload.readInt() & ID_MASK) == streamId;
            payload.skipBytes(1);
        }
        if (padding > payload.readableBytes()) {
            throw protocolError("HEADERS with more padding than payload");
        }
        ByteBuf fragment = payload.readSlice(payload.readableBytes() - padding);
        boolean end = Frames.has(flags, Frames.END_STREAM);
        if (Frames.has(flags, Frames.END_HEADERS)) {
            complete(streamId, end, fragment);
        } else {
            block.open(streamId, end, fragment);
        }
    }

    private void continuation(int flags, ByteBuf payload) throws Violation {
        if (!block.isOpen()) {
            throw protocolError("CONTINUATION without HEADERS");
        }
        block.continued(payload);
        if (Frames.has(flags, Frames.END_HEADERS)) {
            int streamId = block.streamId();
            ByteBuf whole = block.complete();
            try {
                complete(streamId, block.endStream(), whole);
            } finally {
                whole.release();
            }
        }
    }

    private void complete(int streamId, boolean endStream, ByteBuf fields) throws Violation {
        var decoded = headers.decodePeek(streamId, fields);
        connection.headers(streamId, endStream, blockIsIllegal ? null : decoded);
    }

    private void priority(int streamId, ByteBuf payload) throws Violation {
        requireStream(streamId);
        connection.flood().ignored();
        boolean sized = payload.readableBytes() == PRIORITY_BYTES;
        if (!sized) {
            wrong(streamId, ErrorCode.FRAME_SIZE_ERROR, "PRIORITY out of size");
        } else if ((payload.readInt() & ID_MASK) == streamId) {
            wrong(streamId, ErrorCode.PROTOCOL_ERROR, "a stream that depends on itself");
        }
    }

    /// An error of one stream, which ends the connection when there is no such stream.
    private void wrong(int streamId, ErrorCode code, String detail) throws Violation {
        Http2Stream stream = connection.streams().get(streamId);
        if (stream == null) {
            throw new Violation(code, detail);
        }
        connection.streamError(stream, code, detail);
    }

    private void reset(int streamId, ByteBuf payload) throws Violation {
        requireStream(streamId);
        requireSize(payload.readableBytes() == 4, "RST_STREAM", payload);
        requireOpened(streamId);
        Http2Stream stream = connection.streams().get(streamId);
        if (stream == null) {
            connection.flood().ignored();
            return;
        }
        connection.resetByPeer(stream);
        connection.streams().remove(stream);
        stream.fail(new TunnelFailure.StreamReset(payload.readUnsignedInt()));
        connection.capacityChanged();
    }

    private void settings(int flags, int streamId, ByteBuf payload) throws Violation {
        requireConnection(streamId, "SETTINGS");
        if (Frames.has(flags, Frames.ACK)) {
            requireSize(!payload.isReadable(), "SETTINGS acknowledgement", payload);
            connection.flood().ignored();
            return;
        }
        connection.flood().settings();
        PeerSettings settings = connection.peerSettings();
        int before = settings.windowBytes();
        settings.applyPeek(payload);
        headers.peerTable(settings.headerTableBytes());
        resizeWindows(settings.windowBytes() - (long) before);
        connection.settled();
        connection.writer().settingsAck();
        connection.answered();
        connection.capacityChanged();
    }

    private void resizeWindows(long change) throws Violation {
        if (change == 0) {
            return;
        }
        for (Http2Stream stream : connection.streams().all()) {
            if (!stream.addSendWindow(change)) {
                throw new Violation(ErrorCode.FLOW_CONTROL_ERROR, "INITIAL_WINDOW_SIZE makes a window overflow");
            }
            connection.scheduler().ready(stream);
        }
    }

    private void ping(int flags, int streamId, ByteBuf payload) throws Violation {
        requireConnection(streamId, "PING");
        requireSize(payload.readableBytes() == 8, "PING", payload);
        long data = payload.readLong();
        if (Frames.has(flags, Frames.ACK)) {
            connection.pong(data);
        } else {
            connection.flood().ping();
            connection.writer().ping(data, true);
            connection.answered();
        }
    }

    private void goAway(int streamId, ByteBuf payload) throws Violation {
        requireConnection(streamId, "GOAWAY");
        requireSize(payload.readableBytes() >= 8, "GOAWAY", payload);
        connection.flood().settings();
        int last = payload.readInt() & ID_MASK;
        long code = payload.readUnsignedInt();
        int words = Math.min(payload.readableBytes(), 256);
        connection.goAway(last, code, payload.toString(payload.readerIndex(), words, StandardCharsets.UTF_8));
    }

    private void windowUpdate(int streamId, ByteBuf payload) throws Violation {
        requireSize(payload.readableBytes() == 4, "WINDOW_UPDATE", payload);
        connection.flood().windowUpdate();
        int more = payload.readInt() & ID_MASK;
        if (streamId == 0) {
            windowUpdate(more);
            return;
        }
        requireOpened(streamId);
        Http2Stream stream = connection.streams().get(streamId);
        if (stream == null) {
            return;
        }
        if (more == 0) {
            connection.streamError(stream, ErrorCode.PROTOCOL_ERROR, "WINDOW_UPDATE of nothing");
        } else if (!stream.addSendWindow(more)) {
            connection.streamError(stream, ErrorCode.FLOW_CONTROL_ERROR, "the stream's window overflows");
        } else {
            connection.scheduler().ready(stream);
            connection.flushSoon();
        }
    }

    private void windowUpdate(int more) throws Violation {
        if (more == 0) {
            throw protocolError("WINDOW_UPDATE of nothing");
        }
        if (!connection.scheduler().addWindow(more)) {
            throw new Violation(ErrorCode.FLOW_CONTROL_ERROR, "the connection's window overflows");
        }
        connection.flushSoon();
    }

    private void requireOpened(int streamId) throws Violation {
        if (connection.isIdle(streamId)) {
            throw protocolError("a frame for stream " + streamId + ", which was never opened");
        }
    }

    private static void requireStream(int streamId) throws Violation {
        if (streamId == 0) {
            throw protocolError("a stream's frame on stream 0");
        }
    }

    private static void requireConnection(int streamId, String what) throws Violation {
        if (streamId != 0) {
            throw protocolError(what + " on stream " + streamId);
        }
    }

    private static void requireSize(boolean fits, String what, ByteBuf payload) throws Violation {
        if (!fits) {
            throw new Violation(
                    ErrorCode.FRAME_SIZE_ERROR, what + " with " + payload.readableBytes() + " bytes of payload left");
        }
    }

    private static Violation protocolError(String detail) {
        return new Violation(ErrorCode.PROTOCOL_ERROR, detail);
    }
}
