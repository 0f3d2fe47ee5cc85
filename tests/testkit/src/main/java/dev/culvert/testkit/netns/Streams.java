package dev.culvert.testkit.netns;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/// What applications do with bytes: send back, make, check. Stateless.
public final class Streams {
    private static final int CHUNK = 64 * 1024;

    /// How many bytes came and their checksum.
    public record Sum(long bytes, long crc) {}

    private Streams() {}

    /// Sends back everything until the peer ends its stream, then ends ours.
    static void echo(SocketChannel connection) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK);
        while (connection.read(buffer.clear()) >= 0) {
            write(connection, buffer.flip());
        }
        connection.shutdownOutput();
    }

    /// Writes all of `buffer`.
    public static void write(SocketChannel connection, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            connection.write(buffer);
        }
    }

    /// Writes a text.
    public static void write(SocketChannel connection, String text) throws IOException {
        write(connection, StandardCharsets.UTF_8.encode(text));
    }

    /// Reads exactly as many bytes as `expected` has and gives them as text; fewer when the stream ends.
    public static String read(SocketChannel connection, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        while (buffer.hasRemaining() && connection.read(buffer) >= 0) {
            // until full or ended
        }
        return StandardCharsets.UTF_8.decode(buffer.flip()).toString();
    }

    /// Sends `bytes` of a pattern that `seed` determines.
    ///
    /// @return the checksum of what was sent
    public static Sum send(SocketChannel connection, long bytes, long seed) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK);
        CRC32C crc = new CRC32C();
        long state = seed;
        long left = bytes;
        while (left > 0) {
            buffer.clear().limit((int) Math.min(CHUNK, left));
            while (buffer.remaining() >= Long.BYTES) {
                state = state * 6364136223846793005L + 1442695040888963407L;
                buffer.putLong(state);
            }
            while (buffer.hasRemaining()) {
                buffer.put((byte) state);
            }
            buffer.flip();
            left -= buffer.remaining();
            crc.update(buffer.duplicate());
            write(connection, buffer);
        }
        return new Sum(bytes, crc.getValue());
    }

    /// Reads until the end of the stream.
    public static Sum receive(SocketChannel connection) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK);
        CRC32C crc = new CRC32C();
        long bytes = 0;
        while (connection.read(buffer.clear()) >= 0) {
            buffer.flip();
            bytes += buffer.remaining();
            crc.update(buffer);
        }
        return new Sum(bytes, crc.getValue());
    }
}
