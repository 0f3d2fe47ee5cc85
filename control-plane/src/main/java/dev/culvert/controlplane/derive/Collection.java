package dev.culvert.controlplane.derive;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Values by key, with indexes over them, that tells who read what when a value changes. Confined to the
/// `derive` thread.
///
/// What reads a collection while it computes does so through [Fetch], which notes the key, the bucket of an
/// index or the whole; a change marks exactly those readers.
public abstract sealed class Collection<K, V> permits Input, Derived {
    /// One key's change; `before` or `after` is null when the key is new or gone.
    public record Change<K, V>(
            K key, @Nullable V before, @Nullable V after) {}

    private final String name;
    private final Map<K, V> entries = new LinkedHashMap<>();
    private final List<Index<?, K, V>> indexes = new ArrayList<>();
    private final List<Consumer<Change<K, V>>> listeners = new ArrayList<>();
    private final Readers<K> byKey = new Readers<>();
    private final Readers<String> whole = new Readers<>();

    Collection(String name) {
        this.name = name;
    }

    /// What it is called in logs.
    public final String name() {
        return name;
    }

    /// The value, or null.
    public final @Nullable V get(K key) {
        return entries.get(key);
    }

    /// All values.
    public final java.util.Collection<V> values() {
        return entries.values();
    }

    final Set<K> keys() {
        return entries.keySet();
    }

    /// Adds an index whose buckets hold the values for which `buckets` names them.
    public final <I> Index<I, K, V> index(Function<V, Set<I>> buckets) {
        Index<I, K, V> index = new Index<>(this, buckets);
        entries.forEach((key, value) -> index.update(key, null, value));
        indexes.add(index);
        return index;
    }

    /// Calls `listener` on each change, in order.
    public final void onChange(Consumer<Change<K, V>> listener) {
        listeners.add(listener);
    }

    final Readers<K> readersByKey() {
        return byKey;
    }

    final Readers<String> readersOfAll() {
        return whole;
    }

    /// Sets or, with null, removes the value of a key; an equal value is no change.
    final void store(K key, @Nullable V after) {
        V before = after == null ? entries.remove(key) : entries.put(key, after);
        if (Objects.equals(before, after)) {
            return;
        }
        indexes.forEach(index -> index.update(key, before, after));
        byKey.markDirty(key);
        whole.markDirty("");
        Change<K, V> change = new Change<>(key, before, after);
        listeners.forEach(listener -> listener.accept(change));
    }
}
