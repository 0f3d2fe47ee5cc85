package dev.culvert.waypoint.http;

import io.netty.buffer.ByteBuf;

/// Counts the messages of a call of gRPC in one direction: each is five bytes, of which four are its
/// length, and so many bytes. Confined to the loop of its exchange.
final class GrpcMessages {
    private static final int PREFIX = 5;

    private int prefix;
    private long length;
    private long left;

    /// Looks at a piece of the body, which stays the caller's.
    ///
    /// @return messages that ended in it
    int peek(ByteBuf bytes) {
        int ended = 0;
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (at < end) {
            if (prefix < PREFIX) {
                length = prefix == 0 ? 0 : (length << 8) | bytes.getUnsignedByte(at);
                prefix++;
                at++;
                left = length;
            } else {
                int step = (int) Math.min(left, end - at);
                left -= step;
                at += step;
            }
            if (prefix == PREFIX && left == 0) {
                ended++;
                prefix = 0;
            }
        }
        return ended;
    }
}
