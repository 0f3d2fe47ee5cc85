package dev.culvert.controlplane.derive;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which computations read what, by the name under which they read it. Confined to the `derive` thread.
final class Readers<S> {
    private final Map<S, Set<Computation>> bySubject = new HashMap<>();

    void add(S subject, Computation reader) {
        if (bySubject.computeIfAbsent(subject, _ -> new LinkedHashSet<>()).add(reader)) {
            reader.reads(() -> remove(subject, reader));
        }
    }

    void markDirty(S subject) {
        Set<Computation> readers = bySubject.get(subject);
        if (readers != null) {
            List.copyOf(readers).forEach(Computation::markDirty);
        }
    }

    private void remove(S subject, Computation reader) {
        Set<Computation> readers = bySubject.get(subject);
        if (readers != null && readers.remove(reader) && readers.isEmpty()) {
            bySubject.remove(subject);
        }
    }
}
