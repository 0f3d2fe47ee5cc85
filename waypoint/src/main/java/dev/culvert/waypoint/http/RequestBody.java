package dev.culvert.waypoint.http;

import dev.culvert.waypoint.exchange.Bytes;
import dev.culvert.waypoint.exchange.PeerEnd;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The body of a request, as far as it is kept: what came before there was a backend, and, while it
/// is small, what was sent already and may have to be sent again. Confined to the loop of its
/// exchange.
final class RequestBody {
    private final int most;
    private final List<ByteBuf> kept = new ArrayList<>(1);
    private int bytes;
    private boolean dropped;
    private @Nullable HttpHeaders trailers;

    /// @param most bytes that are kept to be sent again
    RequestBody(int most) {
        this.most = most;
    }

    int keptBytes() {
        return bytes;
    }

    boolean isEnded() {
        return trailers != null;
    }

    /// Whether all that came so far is still here.
    boolean isReplayable() {
        return !dropped;
    }

    /// Keeps a piece and takes ownership of it. Nothing of it was sent yet.
    void hold(ByteBuf piece) {
        // released by drop
        kept.add(piece);
        bytes += piece.readableBytes();
    }

    /// Keeps a copy of a piece that is sent now, unless that makes too much.
    void sent(ByteBuf piece) {
        if (dropped) {
            return;
        }
        if (bytes + piece.readableBytes() > most) {
            drop();
        } else {
            // released by drop
            kept.add(piece.retainedDuplicate());
            bytes += piece.readableBytes();
        }
    }

    void ended(HttpHeaders last) {
        trailers = last;
    }

    /// Sends all that is kept, and the end when it has come.
    void replay(PeerEnd to) {
        for (ByteBuf piece : kept) {
            // released by the end that it is given to
            to.data(piece.retainedDuplicate());
        }
        if (bytes > most) {
            drop();
        }
        if (trailers != null) {
            to.end(trailers);
        }
    }

    /// Shows all that is kept, which stays so.
    void peekEach(Consumer<ByteBuf> looker) {
        kept.forEach(looker);
    }

    /// Shows what ended the body, if it has ended.
    void peekTrailers(Consumer<HttpHeaders> looker) {
        if (trailers != null) {
            looker.accept(trailers);
        }
    }

    /// The beginning of the body, which stays kept.
    Bytes peek(int length) {
        CompositeByteBuf all = Unpooled.compositeBuffer(Math.max(16, kept.size()));
        try {
            for (ByteBuf piece : kept) {
                // released with the composite
                all.addComponent(true, piece.retainedDuplicate());
            }
            return Bytes.of(all.slice(0, Math.min(length, all.readableBytes())));
        } finally {
            all.release();
        }
    }

    /// Keeps nothing any more; the request cannot be sent again.
    void drop() {
        dropped = true;
        kept.forEach(ByteBuf::release);
        kept.clear();
        bytes = 0;
    }
}
