package dev.culvert.kube;

import dev.culvert.kube.resource.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The listeners of a source, each with its kinds and its executor. Confined to the source's thread, but for
/// closing a subscription, which any thread may do.
public final class Subscribers {
    private static final Logger LOG = LoggerFactory.getLogger(Subscribers.class);

    private final List<Entry> entries = new ArrayList<>();

    /// One listener; hand it to [#add] to begin.
    public static final class Entry implements ResourceSource.Subscription {
        private final Set<Kind<?>> kinds;
        private final Executor thread;
        private final Consumer<ResourceEvent> listener;
        // Set by any thread, read by the source's and the listener's.
        private volatile boolean closed;

        public Entry(Set<Kind<?>> kinds, Executor thread, Consumer<ResourceEvent> listener) {
            this.kinds = Set.copyOf(kinds);
            this.thread = thread;
            this.listener = listener;
        }

        /// The kinds it wants to hear of.
        public Set<Kind<?>> kinds() {
            return kinds;
        }

        @Override
        public void close() {
            closed = true;
        }

        private void deliver(List<ResourceEvent> events) {
            List<ResourceEvent> wanted =
                    events.stream().filter(e -> kinds.contains(e.kind())).toList();
            if (closed || wanted.isEmpty()) {
                return;
            }
            try {
                thread.execute(() -> wanted.forEach(this::deliver));
            } catch (RejectedExecutionException _) {
                // The listener's thread has ended, and so has its interest.
                closed = true;
            }
        }

        private void deliver(ResourceEvent event) {
            if (closed) {
                return;
            }
            try {
                listener.accept(event);
            } catch (RuntimeException e) {
                LOG.atError()
                        .addKeyValue("kind", event.kind())
                        .setCause(e)
                        .log("listener failed on an event; the next ones still reach it");
            }
        }
    }

    /// Begins with `entry`, whose first events are `present`.
    public void add(Entry entry, List<ResourceEvent> present) {
        entries.add(entry);
        entry.deliver(present);
    }

    /// Tells everybody who asked for the kind of an event.
    public void publish(List<ResourceEvent> events) {
        entries.removeIf(entry -> entry.closed);
        entries.forEach(entry -> entry.deliver(events));
    }

    /// Ends them all.
    public void closeAll() {
        entries.forEach(Entry::close);
        entries.clear();
    }
}
