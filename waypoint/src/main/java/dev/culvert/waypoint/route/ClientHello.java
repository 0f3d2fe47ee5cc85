package dev.culvert.waypoint.route;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/// Reads the server name that a client of TLS asks for, from the first bytes of its connection
/// (RFC 8446, 4.1.2 and 5.1; RFC 6066, 3). Stateless.
///
/// The message may be spread over records; how many and how large in all is bounded.
public final class ClientHello {
    /// The largest message that is read.
    public static final int MAX_BYTES = 16_384;
    /// The most records that it may be spread over.
    public static final int MAX_RECORDS = 32;

    private static final int RECORD_HEADER = 5;
    private static final int MESSAGE_HEADER = 4;
    private static final int HANDSHAKE = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int SERVER_NAME = 0;

    private ClientHello() {}

    /// What the first bytes of a connection tell. Immutable.
    public sealed interface Result {
        /// Ask again with more bytes.
        record Incomplete() implements Result {}

        /// A client of TLS.
        ///
        /// @param serverName empty when it asks for none
        record Hello(String serverName) implements Result {}

        /// Not the beginning of TLS, or beyond the limits.
        record NotTls() implements Result {}
    }

    /// Looks at the readable bytes of `buffer`, which stays as it is.
    ///
    /// @param buffer everything that the client has sent so far
    public static Result peek(ByteBuf buffer) {
        ByteBuf message = Unpooled.buffer(0, MAX_BYTES + MESSAGE_HEADER);
        int at = buffer.readerIndex();
        for (int records = 0; records < MAX_RECORDS; records++) {
            int readable = buffer.writerIndex() - at;
            if (!looksLikeRecord(buffer, at, readable)) {
                return new Result.NotTls();
            }
            if (readable < RECORD_HEADER) {
                return new Result.Incomplete();
            }
            int length = buffer.getUnsignedShort(at + 3);
            if (length == 0 || length > MAX_BYTES) {
                return new Result.NotTls();
            }
            int part = Math.min(length, readable - RECORD_HEADER);
            if (message.readableBytes() + part > MAX_BYTES + MESSAGE_HEADER) {
                part = MAX_BYTES + MESSAGE_HEADER - message.readableBytes();
            }
            message.writeBytes(buffer, at + RECORD_HEADER, part);
            Result result = message(message);
            if (!(result instanceof Result.Incomplete) || readable < RECORD_HEADER + length) {
                return result;
            }
            at += RECORD_HEADER + length;
        }
        return new Result.NotTls();
    }

    /// As far as bytes are there: a record of the handshake of TLS, whose version begins with 3.
    private static boolean looksLikeRecord(ByteBuf buffer, int at, int readable) {
        return (readable < 1 || buffer.getByte(at) == HANDSHAKE) && (readable < 2 || buffer.getByte(at + 1) == 3);
    }

    private static Result message(ByteBuf message) {
        if (message.readableBytes() > 0 && message.getByte(0) != CLIENT_HELLO) {
            return new Result.NotTls();
        }
        if (message.readableBytes() < MESSAGE_HEADER) {
            return new Result.Incomplete();
        }
        int length = message.getUnsignedMedium(1);
        if (length > MAX_BYTES) {
            return new Result.NotTls();
        }
        if (message.readableBytes() < MESSAGE_HEADER + length) {
            return new Result.Incomplete();
        }
        try {
            return new Result.Hello(serverName(message.slice(MESSAGE_HEADER, length)));
        } catch (IndexOutOfBoundsException e) {
            // A length inside of the message points beyond its end.
            return new Result.NotTls();
        }
    }

    private static String serverName(ByteBuf hello) {
        hello.skipBytes(2 + 32);
        hello.skipBytes(hello.readUnsignedByte());
        hello.skipBytes(hello.readUnsignedShort());
        hello.skipBytes(hello.readUnsignedByte());
        if (!hello.isReadable()) {
            return "";
        }
        ByteBuf extensions = hello.readSlice(hello.readUnsignedShort());
        while (extensions.isReadable()) {
            int type = extensions.readUnsignedShort();
            ByteBuf extension = extensions.readSlice(extensions.readUnsignedShort());
            if (type == SERVER_NAME) {
                return firstHostName(extension);
            }
        }
        return "";
    }

    private static String firstHostName(ByteBuf extension) {
        ByteBuf names = extension.readSlice(extension.readUnsignedShort());
        while (names.isReadable()) {
            int type = names.readUnsignedByte();
            ByteBuf name = names.readSlice(names.readUnsignedShort());
            if (type == 0) {
                return name.toString(StandardCharsets.US_ASCII);
            }
        }
        return "";
    }
}
