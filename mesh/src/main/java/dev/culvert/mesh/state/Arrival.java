package dev.culvert.mesh.state;

import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.model.WorkloadName;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Lets a connection wait, without blocking, for the workload of its pod, which may still be on its way.
///
/// [#await] is called on the loop of the connection, and answers there; the list of those who wait is
/// confined to the state thread.
public final class Arrival {
    private final MeshState state;
    private final Map<WorkloadName, List<Waiter>> waiters = new HashMap<>();

    public Arrival(MeshState state) {
        this.state = state;
        state.listen((MeshListener) this::worldChanged);
    }

    /// How a wait ends: with just one of these, on the loop.
    public interface Outcome {
        /// `own` is there, in `world`; the decision goes on with this world.
        void arrived(MeshSnapshot world, Workload own);

        /// It did not come in time.
        void missing();
    }

    /// A wait that may be called off.
    public interface Wait {
        /// Ends the wait without an outcome; on the loop. No effect when it has ended.
        void cancel();
    }

    /// Waits for the workload of this node with `name`, for `patience` at most. When it is there already,
    /// `outcome` is told before this returns.
    public Wait await(WorkloadName name, EventExecutor loop, Duration patience, Outcome outcome) {
        assert loop.inEventLoop();
        MeshSnapshot world = state.world();
        Workload own = world.localWorkload(name);
        if (own != null) {
            outcome.arrived(world, own);
            return () -> {};
        }
        Waiter waiter = new Waiter(name, loop, outcome, patience);
        state.thread().execute(() -> register(waiter));
        return waiter;
    }

    /// On the state thread. It looks again, for the world may have changed on the way here.
    private void register(Waiter waiter) {
        MeshSnapshot world = state.world();
        Workload own = world.localWorkload(waiter.name);
        if (own != null) {
            waiter.resolve(world, own);
        } else {
            waiters.computeIfAbsent(waiter.name, name -> new ArrayList<>(1)).add(waiter);
        }
    }

    /// On the state thread.
    private void forget(Waiter waiter) {
        waiters.computeIfPresent(waiter.name, (name, waiting) -> {
            waiting.remove(waiter);
            return waiting.isEmpty() ? null : waiting;
        });
    }

    private void worldChanged(MeshSnapshot world, WorldChange change) {
        if (waiters.isEmpty() || change.localWorkloads().isEmpty()) {
            return;
        }
        waiters.entrySet().removeIf(entry -> {
            Workload own = world.localWorkload(entry.getKey());
            if (own != null) {
                entry.getValue().forEach(waiter -> waiter.resolve(world, own));
            }
            return own != null;
        });
    }

    /// One who waits; its fields are confined to its loop.
    private final class Waiter implements Wait {
        private final WorkloadName name;
        private final EventExecutor loop;
        private final Outcome outcome;
        private final Future<?> deadline;
        private boolean ended;

        Waiter(WorkloadName name, EventExecutor loop, Outcome outcome, Duration patience) {
            this.name = name;
            this.loop = loop;
            this.outcome = outcome;
            deadline = loop.schedule(this::expire, patience.toNanos(), TimeUnit.NANOSECONDS);
        }

        /// On the state thread.
        void resolve(MeshSnapshot world, Workload own) {
            loop.execute(() -> {
                if (!ended) {
                    ended = true;
                    deadline.cancel(false);
                    outcome.arrived(world, own);
                }
            });
        }

        private void expire() {
            if (!ended) {
                cancel();
                outcome.missing();
            }
        }

        @Override
        public void cancel() {
            if (!ended) {
                ended = true;
                deadline.cancel(false);
                state.thread().execute(() -> forget(this));
            }
        }
    }
}
