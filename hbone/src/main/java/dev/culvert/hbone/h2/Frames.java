package dev.culvert.hbone.h2;

/// Numbers of the HTTP/2 framing layer (RFC 9113 sections 4 and 6).
final class Frames {
    static final int DATA = 0x0;
    static final int HEADERS = 0x1;
    static final int PRIORITY = 0x2;
    static final int RST_STREAM = 0x3;
    static final int SETTINGS = 0x4;
    static final int PUSH_PROMISE = 0x5;
    static final int PING = 0x6;
    static final int GOAWAY = 0x7;
    static final int WINDOW_UPDATE = 0x8;
    static final int CONTINUATION = 0x9;

    static final int ACK = 0x1;
    static final int END_STREAM = 0x1;
    static final int END_HEADERS = 0x4;
    static final int PADDED = 0x8;
    static final int PRIORITIZED = 0x20;

    static final int HEAD_BYTES = 9;
    /// What either side may send before it knows the other's settings.
    static final int DEFAULT_FRAME_BYTES = 16_384;
    static final int MAX_FRAME_BYTES = 16_777_215;
    static final int DEFAULT_WINDOW_BYTES = 65_535;
    static final int MAX_WINDOW_BYTES = Integer.MAX_VALUE;
    static final int MAX_STREAM_ID = Integer.MAX_VALUE;

    private Frames() {}

    static boolean has(int flags, int flag) {
        return (flags & flag) != 0;
    }
}
