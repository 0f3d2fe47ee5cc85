package dev.culvert.hbone.h2;

/// The error codes of HTTP/2 (RFC 9113 section 7) that we send.
enum ErrorCode {
    NO_ERROR(0x0),
    PROTOCOL_ERROR(0x1),
    INTERNAL_ERROR(0x2),
    FLOW_CONTROL_ERROR(0x3),
    SETTINGS_TIMEOUT(0x4),
    STREAM_CLOSED(0x5),
    FRAME_SIZE_ERROR(0x6),
    REFUSED_STREAM(0x7),
    CANCEL(0x8),
    COMPRESSION_ERROR(0x9),
    CONNECT_ERROR(0xa),
    ENHANCE_YOUR_CALM(0xb);

    private final int code;

    ErrorCode(int code) {
        this.code = code;
    }

    /// The number on the wire.
    int code() {
        return code;
    }
}
