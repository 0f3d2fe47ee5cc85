package dev.culvert.controlplane.derive;

import java.util.ArrayList;
import java.util.List;

/// One value's computation: what it has read, so that it can be told when that changes. Identity counts.
/// Confined to the `derive` thread.
final class Computation {
    private final Runnable whenDirty;
    private final List<Runnable> undo = new ArrayList<>();

    Computation(Runnable whenDirty) {
        this.whenDirty = whenDirty;
    }

    void reads(Runnable undoing) {
        undo.add(undoing);
    }

    void markDirty() {
        whenDirty.run();
    }

    /// Forgets all that was read.
    void reset() {
        undo.forEach(Runnable::run);
        undo.clear();
    }
}
