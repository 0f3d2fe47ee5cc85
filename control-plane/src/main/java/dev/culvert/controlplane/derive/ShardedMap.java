package dev.culvert.controlplane.derive;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A map of which a batch of changes copies only the shards that it touches. Immutable.
final class ShardedMap<V> {
    private static final int SHARDS = 512;

    private final List<Map<String, V>> shards;

    private ShardedMap(List<Map<String, V>> shards) {
        this.shards = shards;
    }

    static <V> ShardedMap<V> empty() {
        List<Map<String, V>> shards = new ArrayList<>(SHARDS);
        for (int i = 0; i < SHARDS; i++) {
            shards.add(Map.of());
        }
        return new ShardedMap<>(shards);
    }

    @Nullable
    V get(String key) {
        return shards.get(shard(key)).get(key);
    }

    List<V> values() {
        List<V> all = new ArrayList<>();
        shards.forEach(shard -> all.addAll(shard.values()));
        return all;
    }

    /// With these changes, of which null removes.
    ShardedMap<V> with(Map<String, @Nullable V> changes) {
        List<Map<String, V>> copy = new ArrayList<>(shards);
        Map<Integer, Map<String, V>> touched = new HashMap<>();
        changes.forEach((key, value) -> {
            Map<String, V> shard = touched.computeIfAbsent(shard(key), i -> new HashMap<>(shards.get(i)));
            if (value == null) {
                shard.remove(key);
            } else {
                shard.put(key, value);
            }
        });
        touched.forEach(copy::set);
        return new ShardedMap<>(copy);
    }

    private static int shard(String key) {
        int hash = key.hashCode();
        return (hash ^ (hash >>> 16)) & (SHARDS - 1);
    }
}
