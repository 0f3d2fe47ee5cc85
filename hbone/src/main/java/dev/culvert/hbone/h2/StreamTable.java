package dev.culvert.hbone.h2;

import io.netty.util.collection.IntObjectHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The open streams of a connection, and the last few that we reset, for which frames may still be on their way.
/// Confined to its connection's loop.
final class StreamTable {
    private static final int REMEMBERED = 128;

    private final IntObjectHashMap<Http2Stream> open = new IntObjectHashMap<>();
    private int @Nullable [] resets;
    private int next;

    @Nullable
    Http2Stream get(int id) {
        return open.get(id);
    }

    int size() {
        return open.size();
    }

    void add(Http2Stream stream) {
        open.put(stream.id(), stream);
    }

    void remove(Http2Stream stream) {
        open.remove(stream.id());
    }

    /// The open streams at this moment.
    List<Http2Stream> all() {
        return List.copyOf(open.values());
    }

    /// Notes that we reset a stream.
    void remember(int id) {
        if (resets == null) {
            resets = new int[REMEMBERED];
        }
        resets[next] = id;
        next = (next + 1) % REMEMBERED;
    }

    /// Whether we reset that stream not long ago.
    boolean recentlyReset(int id) {
        if (resets != null) {
            for (int reset : resets) {
                if (reset == id) {
                    return true;
                }
            }
        }
        return false;
    }
}
