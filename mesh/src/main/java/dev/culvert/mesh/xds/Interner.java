package dev.culvert.mesh.xds;

import org.jspecify.annotations.Nullable;

/// Makes equal values the same object where it can, since nodes, namespaces and the like repeat by the thousand.
///
/// Confined to the thread that decodes. It remembers one value per slot, so it never grows and holds little.
final class Interner<T> {
    private static final int SLOTS = 4096;

    private final @Nullable Object[] slots = new @Nullable Object[SLOTS];

    @SuppressWarnings("unchecked") // only values of this type are kept
    T of(T value) {
        int hash = value.hashCode() * 0x9E3779B9;
        int slot = hash >>> 20;
        Object kept = slots[slot];
        if (kept != null && kept.equals(value)) {
            return (T) kept;
        }
        slots[slot] = value;
        return value;
    }
}
