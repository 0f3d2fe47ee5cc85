package dev.culvert.waypoint.ratelimit;

import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;

/// Buckets by key, of a bounded number. Thread-safe without a lock, since every event loop draws
/// from them.
///
/// When there are too many, an eighth of them goes at once, those that were used least recently;
/// so a flood of new keys costs each of them little. While one loop does so the others may add a
/// few more.
final class BucketTable {
    /// The number of keys that are kept apart.
    static final int MAX_KEYS = 10_000;

    private final ConcurrentMap<String, Used> buckets = new ConcurrentHashMap<>();
    private final AtomicBoolean evicting = new AtomicBoolean();

    /// The bucket of a key, a full one when the key is new.
    TokenBucket get(String key, long now) {
        Used used = buckets.get(key);
        if (used == null) {
            if (buckets.size() >= MAX_KEYS) {
                evict(now);
            }
            used = buckets.computeIfAbsent(key, _ -> new Used(new TokenBucket(now), now));
        }
        used.at = now;
        return used.bucket;
    }

    int size() {
        return buckets.size();
    }

    private void evict(long now) {
        if (!evicting.compareAndSet(false, true)) {
            return;
        }
        try {
            long[] ages =
                    buckets.values().stream().mapToLong(used -> now - used.at).toArray();
            Arrays.sort(ages);
            long oldest = ages[ages.length - Math.max(1, ages.length / 8)];
            int[] left = {Math.max(1, ages.length / 8)};
            buckets.values().removeIf(used -> now - used.at >= oldest && left[0]-- > 0);
        } finally {
            evicting.set(false);
        }
    }

    /// A bucket and when it was last asked for.
    private static final class Used {
        final TokenBucket bucket;
        volatile long at;

        Used(TokenBucket bucket, long at) {
            this.bucket = bucket;
            this.at = at;
        }
    }
}
