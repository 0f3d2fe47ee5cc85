package dev.culvert.controlplane.derive;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The values of a collection by something other than their key; a value may be in many buckets, or in none.
/// Confined to the `derive` thread.
public final class Index<I, K, V> {
    private final Collection<K, V> collection;
    private final Function<V, Set<I>> buckets;
    private final Map<I, Map<K, V>> entries = new HashMap<>();
    private final Readers<I> readers = new Readers<>();

    Index(Collection<K, V> collection, Function<V, Set<I>> buckets) {
        this.collection = collection;
        this.buckets = buckets;
    }

    java.util.Collection<V> bucket(I name) {
        return entries.getOrDefault(name, Map.of()).values();
    }

    Readers<I> readers() {
        return readers;
    }

    void update(K key, @Nullable V before, @Nullable V after) {
        Set<I> touched = new HashSet<>();
        if (before != null) {
            for (I bucket : buckets.apply(before)) {
                touched.add(bucket);
                Map<K, V> values = entries.get(bucket);
                if (values != null && values.remove(key) != null && values.isEmpty()) {
                    entries.remove(bucket);
                }
            }
        }
        if (after != null) {
            for (I bucket : buckets.apply(after)) {
                touched.add(bucket);
                entries.computeIfAbsent(bucket, _ -> new LinkedHashMap<>()).put(key, after);
            }
        }
        touched.forEach(readers::markDirty);
    }

    @Override
    public String toString() {
        return "index of " + collection.name();
    }
}
