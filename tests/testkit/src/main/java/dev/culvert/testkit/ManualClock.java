package dev.culvert.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/// Time that a test turns by hand, and an executor that runs its tasks when their time has come. Confined
/// to the test's thread: tasks run during [#advance], and tasks without a delay during [#execute], one
/// after the other.
public final class ManualClock extends AbstractExecutorService implements ScheduledExecutorService, InstantSource {
    private final PriorityQueue<Task<?>> tasks = new PriorityQueue<>(
            Comparator.<Task<?>, Instant>comparing(task -> task.at).thenComparingLong(task -> task.order));
    private Instant now;
    private long order;
    private boolean running;
    private boolean shutdown;

    public ManualClock(Instant start) {
        now = start;
    }

    @Override
    public Instant instant() {
        return now;
    }

    /// Lets `time` pass, running what falls due on the way, each at its time.
    public void advance(Duration time) {
        Instant end = now.plus(time);
        runUntil(end);
        now = end;
    }

    /// How long it is until each waiting task, in order.
    public List<Duration> waiting() {
        List<Task<?>> ordered = new ArrayList<>(tasks);
        ordered.sort(tasks.comparator());
        return ordered.stream().map(task -> Duration.between(now, task.at)).toList();
    }

    @Override
    public void execute(Runnable command) {
        schedule(command, 0, TimeUnit.NANOSECONDS);
        if (!running) {
            runUntil(now);
        }
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        return schedule(
                () -> {
                    command.run();
                    return Boolean.TRUE;
                },
                delay,
                unit);
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
        Task<V> task = new Task<>(callable, now.plusNanos(unit.toNanos(delay)), order++);
        tasks.add(task);
        return task;
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable command, long initial, long period, TimeUnit unit) {
        throw new UnsupportedOperationException("no code of ours repeats at a fixed rate");
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long initial, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException("no code of ours repeats with a fixed delay");
    }

    @Override
    public void shutdown() {
        shutdown = true;
        tasks.clear();
    }

    @Override
    public List<Runnable> shutdownNow() {
        List<Runnable> left = new ArrayList<>(tasks);
        shutdown();
        return left;
    }

    @Override
    public boolean isShutdown() {
        return shutdown;
    }

    @Override
    public boolean isTerminated() {
        return shutdown;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return shutdown;
    }

    private void runUntil(Instant end) {
        running = true;
        try {
            for (Task<?> task = tasks.peek(); task != null && !task.at.isAfter(end); task = tasks.peek()) {
                tasks.remove(task);
                now = task.at;
                task.run();
                if (!task.isCancelled()) {
                    task.resultNow();
                }
            }
        } finally {
            running = false;
        }
    }

    /// What is to run, and when; a cancelled one leaves the queue at once.
    private final class Task<V> extends FutureTask<V> implements RunnableScheduledFuture<V> {
        private final Instant at;
        private final long order;

        Task(Callable<V> callable, Instant at, long order) {
            super(callable);
            this.at = at;
            this.order = order;
        }

        @Override
        public boolean isPeriodic() {
            return false;
        }

        @Override
        public boolean cancel(boolean interrupt) {
            tasks.remove(this);
            return super.cancel(interrupt);
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(Duration.between(now, at));
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }
}
