package dev.culvert.controlplane.derive;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// What the mesh's resources are now, and each change of them.
///
/// Thread-safe. The lists of a change and the snapshot in it agree; a reader that takes [#snapshot]
/// inside the listener's call, or uses the snapshot of the change, misses nothing.
public interface ResourceFeed {
    /// The types that this feed has.
    Set<String> typeUrls();

    /// The current state of one type; an empty one before the first input has been read.
    ResourceSnapshot snapshot(String typeUrl);

    /// Done when the first complete state has been derived, and listeners have it; until then a server should not
    /// answer its
    /// clients, who would take an empty world for the truth. Fails when that state cannot be derived.
    CompletableFuture<Void> synced();

    /// Calls `listener` for each change from now on and once, with whatever is new, when the first
    /// complete state is there. It runs on the `derive` thread and must return at once.
    Subscription subscribe(Consumer<ResourceChange> listener);

    /// One listener, until it is closed.
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
