package dev.culvert.waypoint.listener;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/// The first bytes of a connection, while it is undecided what becomes of them. Confined to its
/// loop.
///
/// One piece is kept as it is; more are copied together, so that a client that sends byte by byte
/// makes no more of it than its bytes.
final class Beginning {
    private @Nullable ByteBuf bytes;
    private boolean copied;

    boolean isEmpty() {
        return bytes == null;
    }

    /// Keeps a piece and takes ownership of it.
    ///
    /// @return all that is kept, which stays so
    ByteBuf add(ChannelHandlerContext context, ByteBuf piece) {
        ByteBuf had = bytes;
        if (had == null) {
            // released by whoever takes it, or by release
            bytes = piece;
            return piece;
        }
        ByteBuf all = had;
        if (!copied) {
            copied = true;
            all = context.alloc().buffer(2 * (had.readableBytes() + piece.readableBytes()));
            all.writeBytes(had);
            had.release();
        }
        all.writeBytes(piece);
        piece.release();
        bytes = all;
        return all;
    }

    /// Gives away what is kept; null when that is nothing.
    @Nullable
    ByteBuf take() {
        ByteBuf all = bytes;
        bytes = null;
        copied = false;
        return all;
    }

    void release() {
        ByteBuf all = take();
        if (all != null) {
            all.release();
        }
    }
}
