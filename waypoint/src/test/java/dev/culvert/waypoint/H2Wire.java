package dev.culvert.waypoint;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// HTTP/2 byte by byte, so that a test can send what no library sends. Without state.
final class H2Wire {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;

    private H2Wire() {}

    /// One frame that came.
    record Frame(int type, int flags, int stream, String payload) {
        /// Of HEADERS: the status.
        int status() {
            ByteBuf block = Unpooled.copiedBuffer(payload, StandardCharsets.ISO_8859_1);
            try {
                CharSequence status = new DefaultHttp2HeadersDecoder(false)
                        .decodeHeaders(stream, block)
                        .status();
                return status == null ? 0 : Integer.parseInt(status.toString());
            } catch (Http2Exception e) {
                throw new AssertionError(e);
            }
        }

        /// Of RST_STREAM and GOAWAY.
        int code() {
            return Unpooled.copiedBuffer(payload, StandardCharsets.ISO_8859_1).getInt(type == GOAWAY ? 4 : 0);
        }
    }

    /// The preface and empty settings.
    static String preface() {
        return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(SETTINGS, 0, 0, "");
    }

    static String frame(int type, int flags, int stream, String payload) {
        ByteBuf out = Unpooled.buffer(9);
        out.writeMedium(payload.length()).writeByte(type).writeByte(flags).writeInt(stream);
        return out.toString(StandardCharsets.ISO_8859_1) + payload;
    }

    /// A block of fields, names and values in turn, none of them indexed nor compressed.
    static String block(String... fields) {
        ByteBuf out = Unpooled.buffer();
        for (int i = 0; i < fields.length; i += 2) {
            out.writeByte(0);
            text(out, fields[i]);
            text(out, fields[i + 1]);
        }
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    private static void text(ByteBuf out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        if (bytes.length < 127) {
            out.writeByte(bytes.length);
        } else {
            out.writeByte(127);
            int left = bytes.length - 127;
            while (left >= 128) {
                out.writeByte(left % 128 + 128);
                left /= 128;
            }
            out.writeByte(left);
        }
        out.writeBytes(bytes);
    }

    /// The whole frames of what came.
    static List<Frame> parse(String received) {
        ByteBuf in = Unpooled.wrappedBuffer(received.getBytes(StandardCharsets.ISO_8859_1));
        List<Frame> frames = new ArrayList<>();
        while (in.readableBytes() >= 9) {
            int length = in.readUnsignedMedium();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int stream = in.readInt();
            if (in.readableBytes() < length) {
                break;
            }
            frames.add(new Frame(type, flags, stream, in.readSlice(length).toString(StandardCharsets.ISO_8859_1)));
        }
        return frames;
    }

    /// Whether stream 1 has had an answer, or the connection its end.
    static boolean isAnswered(String received) {
        return parse(received).stream()
                .anyMatch(each -> each.type() == GOAWAY
                        || (each.stream() == 1 && (each.type() == RST_STREAM || each.type() == HEADERS)));
    }
}
