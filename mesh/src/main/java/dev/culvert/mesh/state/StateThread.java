package dev.culvert.mesh.state;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread that changes the world: tasks run on it one at a time, in the order they came.
///
/// Thread-safe, for it is the way in from other threads. A task that throws is a bug: it is logged, and the
/// next one runs.
public final class StateThread implements Executor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StateThread.class);
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

    private final ScheduledThreadPoolExecutor executor;
    private volatile @Nullable Thread thread;

    public StateThread() {
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread made = Thread.ofPlatform().name("state").daemon().unstarted(task);
            thread = made;
            return made;
        });
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /// Runs `task` after those that are waiting; nothing happens once this is closed.
    @Override
    public void execute(Runnable task) {
        if (!executor.isShutdown()) {
            executor.execute(() -> runLogged(task));
        }
    }

    /// Runs `task` after `delay`; cancel what is returned to prevent it.
    public Future<?> schedule(Duration delay, Runnable task) {
        return executor.schedule(() -> runLogged(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// Whether the caller is on this thread.
    public boolean isCurrent() {
        return Thread.currentThread().equals(thread);
    }

    /// Lets the waiting tasks finish, for a few seconds at most.
    @Override
    public void close() {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(CLOSE_PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            executor.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private static void runLogged(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | LinkageError e) {
            // a class that cannot be loaded would otherwise end in a future that nobody asks
            LOG.atError().setCause(e).log("task of the state thread failed");
        }
    }
}
