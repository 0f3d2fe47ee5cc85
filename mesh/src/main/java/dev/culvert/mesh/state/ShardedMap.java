package dev.culvert.mesh.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// A map that never changes; an edit copies only the shards that it touches.
///
/// Immutable. With N entries an edit of one key costs a copy of the table of shards and of N / 1024 entries.
/// A shard is one flat array, key and value by turns, probed linearly; so an entry costs about three words.
final class ShardedMap<K, V> {
    private static final int SHARD_BITS = 10;
    private static final int SHARDS = 1 << SHARD_BITS;
    private static final Object[] NO_ENTRIES = new Object[0];
    private static final ShardedMap<?, ?> EMPTY = new ShardedMap<>(emptyShards(), 0);

    private final @Nullable Object[][] shards;
    private final int size;

    private ShardedMap(@Nullable Object[][] shards, int size) {
        this.shards = shards;
        this.size = size;
    }

    @SuppressWarnings("unchecked") // an empty map holds no value of any type
    static <K, V> ShardedMap<K, V> empty() {
        return (ShardedMap<K, V>) EMPTY;
    }

    @SuppressWarnings("unchecked") // only keys and values of these types are ever put in
    @Nullable
    V get(K key) {
        int hash = spread(key);
        @Nullable Object[] shard = shards[hash & (SHARDS - 1)];
        if (shard.length == 0) {
            return null;
        }
        int mask = shard.length - 1;
        int slot = firstSlot(hash, mask);
        for (Object found = shard[slot]; found != null; found = shard[slot]) {
            if (found.equals(key)) {
                return (V) shard[slot + 1];
            }
            slot = (slot + 2) & mask;
        }
        return null;
    }

    int size() {
        return size;
    }

    void forEach(BiConsumer<? super K, ? super V> action) {
        for (@Nullable Object[] shard : shards) {
            forEachOf(shard, action);
        }
    }

    /// All values, in no order; a copy.
    List<V> values() {
        List<V> values = new ArrayList<>(size);
        forEach((key, value) -> values.add(value));
        return values;
    }

    Editor<K, V> edit() {
        return new Editor<>(this);
    }

    @SuppressWarnings("unchecked") // as get
    private static <K, V> void forEachOf(@Nullable Object[] shard, BiConsumer<? super K, ? super V> action) {
        for (int slot = 0; slot < shard.length; slot += 2) {
            Object key = shard[slot];
            if (key != null) {
                action.accept((K) key, (V) Objects.requireNonNull(shard[slot + 1]));
            }
        }
    }

    private static @Nullable Object[][] emptyShards() {
        Object[][] shards = new Object[SHARDS][];
        Arrays.fill(shards, NO_ENTRIES);
        return shards;
    }

    private static int spread(Object key) {
        int hash = key.hashCode() * 0x9E3779B9;
        return hash ^ (hash >>> 16);
    }

    /// Where the search in a shard begins; even, for keys sit in even slots.
    private static int firstSlot(int hash, int mask) {
        return (hash >>> (SHARD_BITS - 1)) & mask & ~1;
    }

    private static <K, V> @Nullable Object[] seal(Map<K, V> entries) {
        if (entries.isEmpty()) {
            return NO_ENTRIES;
        }
        // At most two thirds full.
        int slots = Integer.highestOneBit(Math.max(1, entries.size() * 3 / 2)) << 1;
        @Nullable Object[] shard = new @Nullable Object[slots * 2];
        int mask = shard.length - 1;
        entries.forEach((key, value) -> {
            int slot = firstSlot(spread(key), mask);
            while (shard[slot] != null) {
                slot = (slot + 2) & mask;
            }
            shard[slot] = key;
            shard[slot + 1] = value;
        });
        return shard;
    }

    /// Changes to be made to a map, and the map that comes of them.
    ///
    /// Confined to the thread that edits. It sees its own changes.
    static final class Editor<K, V> {
        private final ShardedMap<K, V> base;
        private final Map<Integer, Map<K, V>> open = new HashMap<>();
        private int size;

        private Editor(ShardedMap<K, V> base) {
            this.base = base;
            this.size = base.size;
        }

        @Nullable
        V get(K key) {
            Map<K, V> shard = open.get(spread(key) & (SHARDS - 1));
            return shard == null ? base.get(key) : shard.get(key);
        }

        void put(K key, V value) {
            if (opened(key).put(key, value) == null) {
                size++;
            }
        }

        void remove(K key) {
            if (get(key) != null) {
                opened(key).remove(key);
                size--;
            }
        }

        ShardedMap<K, V> build() {
            if (open.isEmpty()) {
                return base;
            }
            @Nullable Object[][] shards = base.shards.clone();
            open.forEach((index, entries) -> shards[index] = seal(entries));
            return new ShardedMap<>(shards, size);
        }

        private Map<K, V> opened(K key) {
            return open.computeIfAbsent(spread(key) & (SHARDS - 1), index -> {
                Map<K, V> copy = new HashMap<>();
                ShardedMap.<K, V>forEachOf(base.shards[index], copy::put);
                return copy;
            });
        }
    }
}
