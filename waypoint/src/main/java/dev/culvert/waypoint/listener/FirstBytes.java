package dev.culvert.waypoint.listener;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/// What the first bytes of a connection look like. Without state.
final class FirstBytes {
    enum Look {
        HTTP1,
        HTTP2,
        OPAQUE,
        /// More bytes are wanted.
        UNDECIDED
    }

    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] VERSION = " HTTP/1.".getBytes(StandardCharsets.US_ASCII);
    private static final int LONGEST_METHOD = 32;
    /// A first line that is longer is none of HTTP.
    private static final int LONGEST_LINE = 16 << 10;

    private FirstBytes() {}

    static Look of(ByteBuf bytes) {
        int from = bytes.readerIndex();
        int count = bytes.readableBytes();
        int same = 0;
        while (same < PREFACE.length && same < count && bytes.getByte(from + same) == PREFACE[same]) {
            same++;
        }
        if (same == PREFACE.length) {
            return Look.HTTP2;
        }
        return same == count ? Look.UNDECIDED : line(bytes, from, count);
    }

    /// `METHOD SP target SP HTTP/1.x`, the method in capital letters as every method in use is.
    private static Look line(ByteBuf bytes, int from, int count) {
        int method = 0;
        while (method < count && isMethod(bytes.getByte(from + method))) {
            method++;
        }
        if (method > LONGEST_METHOD) {
            return Look.OPAQUE;
        }
        if (method == count) {
            return Look.UNDECIDED;
        }
        if (method == 0 || bytes.getByte(from + method) != ' ') {
            return Look.OPAQUE;
        }
        int end = bytes.indexOf(from, from + Math.min(count, LONGEST_LINE), (byte) '\n');
        if (end < 0) {
            return count < LONGEST_LINE && isPrintable(bytes, from, count) ? Look.UNDECIDED : Look.OPAQUE;
        }
        return hasVersion(bytes, from, end) ? Look.HTTP1 : Look.OPAQUE;
    }

    private static boolean isMethod(byte b) {
        return (b >= 'A' && b <= 'Z') || b == '-' || b == '_';
    }

    private static boolean isPrintable(ByteBuf bytes, int from, int count) {
        for (int i = 0; i < count; i++) {
            byte b = bytes.getByte(from + i);
            if (b >= 0 && b < ' ' && b != '\r') {
                return false;
            }
        }
        return true;
    }

    /// Whether the version stands somewhere in the line: where exactly is for the decoder to judge,
    /// and to refuse.
    private static boolean hasVersion(ByteBuf bytes, int from, int end) {
        for (int i = from; i + VERSION.length < end; i++) {
            int same = 0;
            while (same < VERSION.length && bytes.getByte(i + same) == VERSION[same]) {
                same++;
            }
            if (same == VERSION.length) {
                return true;
            }
        }
        return false;
    }
}
