package dev.culvert.kube;

import dev.culvert.kube.resource.Kind;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/// Where the resources of the cluster come from: lists them, then watches them.
///
/// Thread-safe: any thread may subscribe. A listener is called only on the executor it named, one event after
/// the other when that executor is a single thread.
public interface ResourceSource extends AutoCloseable {
    /// Delivers what exists of `kinds` as [ResourceEvent.Added], then one [ResourceEvent.Synced] per kind,
    /// then each change in order. `listener` runs on `thread`, which should be a single thread so that order
    /// is kept.
    Subscription subscribe(Set<Kind<?>> kinds, Executor thread, Consumer<ResourceEvent> listener);

    /// What is wrong with the source's input right now, oldest file first; empty when all of it is in force.
    List<SourceProblem> problems();

    /// Ends every subscription and stops watching.
    @Override
    void close();

    /// One listener's interest, until it is closed; no event is delivered after `close` has returned on the
    /// listener's own thread.
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
