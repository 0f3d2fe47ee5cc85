package dev.culvert.controlplane.derive;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a computation reads other collections: each read is noted, and a change of what was read runs it
/// again. Valid during the computation only, on the `derive` thread.
public final class Fetch {
    private final Computation reader;

    Fetch(Computation reader) {
        this.reader = reader;
    }

    /// The value of this key, or null.
    public <K, V> @Nullable V one(Collection<K, V> from, K key) {
        from.readersByKey().add(key, reader);
        return from.get(key);
    }

    /// The values in one bucket of an index.
    public <I, K, V> List<V> bucket(Index<I, K, V> from, I bucket) {
        from.readers().add(bucket, reader);
        return List.copyOf(from.bucket(bucket));
    }

    /// All values. Whoever reads this is computed again on any change of the collection.
    public <K, V> List<V> all(Collection<K, V> from) {
        from.readersOfAll().add("", reader);
        return List.copyOf(from.values());
    }
}
