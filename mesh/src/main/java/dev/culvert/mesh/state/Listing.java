package dev.culvert.mesh.state;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Edits of an index whose keys lead to several values, kept in an order of preference.
///
/// Stateless. The order is total, so that what an index says does not depend on what came first.
final class Listing {
    private Listing() {}

    static <K, V> void add(ShardedMap.Editor<K, List<V>> index, K key, V value, Comparator<? super V> order) {
        List<V> present = index.get(key);
        if (present == null) {
            index.put(key, List.of(value));
            return;
        }
        List<V> wider = new ArrayList<>(present);
        wider.add(value);
        wider.sort(order);
        index.put(key, List.copyOf(wider));
    }

    static <K, V> void remove(ShardedMap.Editor<K, List<V>> index, K key, V value) {
        List<V> present = index.get(key);
        if (present == null) {
            return;
        }
        List<V> narrower = new ArrayList<>(present);
        narrower.remove(value);
        if (narrower.isEmpty()) {
            index.remove(key);
        } else {
            index.put(key, List.copyOf(narrower));
        }
    }

    /// The first of `values`, or null.
    static <V> @Nullable V first(@Nullable List<V> values) {
        return values == null || values.isEmpty() ? null : values.getFirst();
    }
}
