package dev.culvert.process;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What still keeps this process from being ready, by the names of the tasks that are pending.
/// Thread-safe, because tasks finish on threads of their own and the health endpoint asks from another.
public final class Readiness {
    /// One thing that must be in place. It starts as pending.
    public final class Task {
        private final String name;

        private Task(String name) {
            this.name = name;
        }

        public void ready() {
            set(name, false);
        }

        /// No longer in place; the process is not ready until it is again.
        public void pending() {
            set(name, true);
        }
    }

    private final Object lock = new Object();
    private final Set<String> pending = new LinkedHashSet<>();

    /// A new task, pending from now on.
    public Task task(String name) {
        set(name, true);
        return new Task(name);
    }

    /// The names of the pending tasks in the order in which they became so; empty when ready.
    public List<String> pending() {
        synchronized (lock) {
            return new ArrayList<>(pending);
        }
    }

    /// The answer of a readiness probe: 200 `ready`, or 500 with the pending tasks.
    public Response probe() {
        List<String> names = pending();
        return names.isEmpty()
                ? Response.text(200, "ready")
                : Response.text(500, "not ready, pending: " + String.join(", ", names));
    }

    private void set(String name, boolean isPending) {
        synchronized (lock) {
            if (isPending) {
                pending.add(name);
            } else {
                pending.remove(name);
            }
        }
    }
}
