package dev.culvert.controlplane.derive;

/// A collection that is filled from outside. Confined to the `derive` thread.
public final class Input<K, V> extends Collection<K, V> {
    Input(String name) {
        super(name);
    }

    public void put(K key, V value) {
        store(key, value);
    }

    public void remove(K key) {
        store(key, null);
    }
}
