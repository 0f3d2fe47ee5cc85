package dev.culvert.controlplane.derive;

import java.util.ArrayList;
import java.util.List;

/// The collections of one derivation, in the order in which they were made: each reads only earlier ones, so
/// one pass brings all of them up to date. Confined to the `derive` thread.
public final class Graph {
    private final List<Derived<?, ?, ?, ?>> derived = new ArrayList<>();

    /// A collection that is filled from outside.
    public <K, V> Input<K, V> input(String name) {
        return new Input<>(name);
    }

    /// A collection that is computed from `source` and from what its rule fetches of earlier collections.
    public <S, T, K, V> Derived<S, T, K, V> derive(String name, Collection<S, T> source, Derived.Rule<T, K, V> rule) {
        Derived<S, T, K, V> collection = new Derived<>(name, source, rule);
        derived.add(collection);
        return collection;
    }

    /// Computes all that depends on what changed since the last time, and nothing else.
    public void settle() {
        derived.forEach(Derived::settle);
    }
}
