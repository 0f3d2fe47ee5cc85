package dev.culvert.hbone.h2;

import io.netty.buffer.ByteBuf;

/// What the peer asked for in its SETTINGS (RFC 9113 section 6.5.2). Confined to its connection's loop.
final class PeerSettings {
    static final int HEADER_TABLE_SIZE = 1;
    static final int ENABLE_PUSH = 2;
    static final int MAX_CONCURRENT_STREAMS = 3;
    static final int INITIAL_WINDOW_SIZE = 4;
    static final int MAX_FRAME_SIZE = 5;
    static final int MAX_HEADER_LIST_SIZE = 6;
    private static final int ENTRY_BYTES = 6;
    /// What a client assumes until the server has said how many streams it serves.
    private static final int ASSUMED_STREAMS = 100;

    private final boolean peerIsServer;
    private boolean known;
    private long headerTableBytes = 4_096;
    private long maxStreams = ASSUMED_STREAMS;
    private int windowBytes = Frames.DEFAULT_WINDOW_BYTES;
    private int frameBytes = Frames.DEFAULT_FRAME_BYTES;

    PeerSettings(boolean peerIsServer) {
        this.peerIsServer = peerIsServer;
    }

    /// Takes over the payload of a SETTINGS frame, which stays the caller's.
    void applyPeek(ByteBuf payload) throws Violation {
        if (payload.readableBytes() % ENTRY_BYTES != 0) {
            throw new Violation(ErrorCode.FRAME_SIZE_ERROR, "SETTINGS of " + payload.readableBytes() + " bytes");
        }
        if (!known) {
            known = true;
            maxStreams = Integer.MAX_VALUE;
        }
        while (payload.isReadable()) {
            apply(payload.readUnsignedShort(), payload.readUnsignedInt());
        }
    }

    private void apply(int id, long value) throws Violation {
        switch (id) {
            case HEADER_TABLE_SIZE -> headerTableBytes = value;
            case ENABLE_PUSH -> check(value == 0 || (value == 1 && !peerIsServer), "ENABLE_PUSH", value);
            case MAX_CONCURRENT_STREAMS -> maxStreams = value;
            case INITIAL_WINDOW_SIZE -> {
                if (value > Frames.MAX_WINDOW_BYTES) {
                    throw new Violation(ErrorCode.FLOW_CONTROL_ERROR, "INITIAL_WINDOW_SIZE " + value);
                }
                windowBytes = (int) value;
            }
            case MAX_FRAME_SIZE -> {
                boolean legal = value >= Frames.DEFAULT_FRAME_BYTES && value <= Frames.MAX_FRAME_BYTES;
                check(legal, "MAX_FRAME_SIZE", value);
                frameBytes = (int) value;
            }
            default -> {
                // RFC 9113 section 6.5.2: unknown settings are ignored, and the header list size is advice
            }
        }
    }

    private static void check(boolean legal, String name, long value) throws Violation {
        if (!legal) {
            throw new Violation(ErrorCode.PROTOCOL_ERROR, "SETTINGS_" + name + " of " + value);
        }
    }

    /// Whether the peer's SETTINGS have come.
    boolean known() {
        return known;
    }

    long headerTableBytes() {
        return headerTableBytes;
    }

    /// Streams that we may have open at once.
    int maxStreams() {
        return (int) Math.min(maxStreams, Integer.MAX_VALUE);
    }

    /// What we may send on a new stream.
    int windowBytes() {
        return windowBytes;
    }

    /// Longest payload that we may send in a frame.
    int frameBytes() {
        return frameBytes;
    }
}
