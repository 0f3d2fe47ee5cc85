package dev.culvert.controlplane.xds;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Wakes clients that have something to be told: each has at most one wake-up pending, whatever
/// changes meanwhile.
///
/// Thread-safe. One daemon thread, `xds-timer`, holds the delays; the work runs on `workers`.
final class PushQueue implements AutoCloseable {
    private final ScheduledThreadPoolExecutor timer;
    private final Executor workers;
    private final long settleNanos;
    private final long intervalNanos;

    PushQueue(Executor workers, Duration settle, Duration interval) {
        this.workers = workers;
        this.settleNanos = settle.toNanos();
        this.intervalNanos = interval.toNanos();
        this.timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("xds-timer").daemon().factory());
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /// One client's place in the queue.
    static final class Slot {
        private final Runnable push;
        private final AtomicBoolean pending = new AtomicBoolean();
        private volatile long notBefore = System.nanoTime();

        Slot(Runnable push) {
            this.push = push;
        }

        private void run() {
            // First the mark, then the work: what changes from here on asks for another push.
            pending.set(false);
            push.run();
        }
    }

    /// Has the client of `slot` pushed to: soon, but no sooner after its last push than the
    /// interval.
    void offer(Slot slot) {
        if (slot.pending.compareAndSet(false, true)) {
            long now = System.nanoTime();
            long delay = Math.max(settleNanos, slot.notBefore - now);
            slot.notBefore = now + delay + intervalNanos;
            after(delay, slot::run);
        }
    }

    /// Runs `task` on a worker in `nanos`.
    void after(long nanos, Runnable task) {
        try {
            timer.schedule(() -> workers.execute(task), nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException _) {
            // Closed: there is nobody left to tell.
        }
    }

    /// Runs `task` on a worker each `period`.
    void every(Duration period, Runnable task) {
        timer.scheduleAtFixedRate(
                () -> workers.execute(task), period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        timer.shutdown();
    }
}
