package dev.culvert.testkit;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// One HTTP/2 frame as it is on the wire. Immutable by convention: the payload is not copied.
@SuppressWarnings("ArrayRecordComponent") // compared by field in tests, never as a whole
public record RawFrame(int type, int flags, int stream, byte[] payload) {
    public static final int DATA = 0;
    public static final int HEADERS = 1;
    public static final int PRIORITY = 2;
    public static final int RST_STREAM = 3;
    public static final int SETTINGS = 4;
    public static final int PING = 6;
    public static final int GOAWAY = 7;
    public static final int WINDOW_UPDATE = 8;
    public static final int CONTINUATION = 9;

    public boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /// The 32-bit number at `offset` of the payload.
    public int number(int offset) {
        return ByteBuffer.wrap(payload).getInt(offset);
    }

    @Override
    public String toString() {
        return "frame type " + type + " flags " + flags + " stream " + stream + " payload "
                + Arrays.toString(Arrays.copyOf(payload, Math.min(16, payload.length)));
    }
}
