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

/// Lets a connection wait, without blocking, for the workload of its pod, which may still be on its way, and for the
/// policies that it lists, which may be behind it.
///
/// [#await] and [#awaitJudgeable] are called on the loop of the connection, and answers there; the list of those who
/// wait is
/// confined to the state thread.
public final class Arrival {
    private final MeshState state;
    private final Map<WorkloadName, List<Waiter>> waiters = new HashMap<>();
    private final PolicyGaps gaps = new PolicyGaps();

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
        return await(new Want(name, false, patience.toNanos()), loop, outcome);
    }

    /// Waits likewise, and also for the policies that the workload lists. When these do not come in time the workload
    /// has arrived all the same: a policy that is never told of must not cut it off for ever.
    public Wait awaitJudgeable(WorkloadName name, EventExecutor loop, Duration patience, Outcome outcome) {
        return await(new Want(name, true, patience.toNanos()), loop, outcome);
    }

    private Wait await(Want want, EventExecutor loop, Outcome outcome) {
        assert loop.inEventLoop();
        MeshSnapshot world = state.world();
        Workload own = world.localWorkload(want.name());
        long left = own == null ? want.patience() : nanosLeft(want, world, own);
        if (own != null && left <= 0) {
            outcome.arrived(world, own);
            return () -> {};
        }
        Waiter waiter = new Waiter(want, loop, outcome, left);
        state.thread().execute(() -> register(waiter));
        return waiter;
    }

    /// @param judgeable whether its policies must be there too
    private record Want(WorkloadName name, boolean judgeable, long patience) {}

    private long nanosLeft(Want want, MeshSnapshot world, Workload own) {
        return want.judgeable() ? gaps.nanosLeft(world, own, want.patience()) : 0;
    }

    /// On the state thread. It looks again, for the world may have changed on the way here.
    private void register(Waiter waiter) {
        if (!resolved(waiter, state.world())) {
            waiters.computeIfAbsent(waiter.want.name(), name -> new ArrayList<>(1))
                    .add(waiter);
        }
    }

    /// On the state thread.
    private void forget(Waiter waiter) {
        waiters.computeIfPresent(waiter.want.name(), (name, waiting) -> {
            waiting.remove(waiter);
            return waiting.isEmpty() ? null : waiting;
        });
    }

    private void worldChanged(MeshSnapshot world, WorldChange change) {
        if (change.policies()) {
            gaps.clear(world);
        }
        if (waiters.isEmpty() || !change.mayChangeVerdicts()) {
            return;
        }
        waiters.values().removeIf(waiting -> {
            waiting.removeIf(waiter -> resolved(waiter, world));
            return waiting.isEmpty();
        });
    }

    private boolean resolved(Waiter waiter, MeshSnapshot world) {
        Workload own = world.localWorkload(waiter.want.name());
        if (own == null || nanosLeft(waiter.want, world, own) > 0) {
            return false;
        }
        waiter.resolve(world, own);
        return true;
    }

    /// One who waits; its fields are confined to its loop.
    private final class Waiter implements Wait {
        private final Want want;
        private final EventExecutor loop;
        private final Outcome outcome;
        private final Future<?> deadline;
        private boolean ended;

        Waiter(Want want, EventExecutor loop, Outcome outcome, long patience) {
            this.want = want;
            this.loop = loop;
            this.outcome = outcome;
            deadline = loop.schedule(this::expire, patience, TimeUnit.NANOSECONDS);
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
                MeshSnapshot world = state.world();
                Workload own = world.localWorkload(want.name());
                if (own == null) {
                    outcome.missing();
                } else {
                    var _ = nanosLeft(want, world, own); // says what is missing, when it is time
                    outcome.arrived(world, own);
                }
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
