package dev.culvert.linux;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread that may change its network namespace. Its methods are thread-safe.
///
/// **What a task may do.** Between going in and coming home the thread runs the tasks and nothing
/// else: a thread or a child process that started in between would stay in the pod's namespace for
/// ever. So a task makes a socket or a channel and returns it; it does not log, submit, start or
/// wait for anything, and it must not be the first to load a class that starts things or looks at
/// interfaces. For Netty's classes [NettyWarmUp] sees to the last.
///
/// **Coming home is proven.** After each visit the thread compares the namespace that the kernel
/// says it is in with the one that it started in. When it cannot come home it logs and halts the
/// process: sockets meant for the node would be made in a pod from then on.
///
/// **Order.** Tasks that wait in the queue together are grouped by namespace, so that one visit
/// serves them all. Within a namespace they run in the order in which they came. Results are handed
/// out after coming home; a dependent stage without an executor of its own runs on this thread, at
/// home, and must be short.
public final class NetnsThread implements AutoCloseable {
    static final Path SELF = Path.of("/proc/thread-self/ns/net");

    private static final Logger log = LoggerFactory.getLogger(NetnsThread.class);
    private static final int QUEUE = 8192;
    private static final int VISIT = 64;
    private static final int EXIT_STRANDED = 70;

    private final BlockingQueue<Job<?>> queue = new ArrayBlockingQueue<>(QUEUE);
    private final LongAdder refused = new LongAdder();
    private final Netns home;
    private final Thread thread;
    private volatile boolean closed;

    /// Starts the thread in the caller's namespace, which is its home.
    public NetnsThread() throws LinuxException {
        home = Netns.ofThisThread();
        thread = Thread.ofPlatform().name("netns").daemon(true).start(this::run);
    }

    /// Runs `task` inside `netns`, soon. The stage fails with what the task threw, with a
    /// [LinuxException] when the namespace cannot be entered, and with a
    /// [RejectedExecutionException] when the queue is full or closed.
    public <T> CompletableFuture<T> submit(Netns netns, Task<T> task) {
        Job<T> job = new Job<>(netns, task);
        if (closed || !queue.offer(job)) {
            refused.increment();
            job.result.completeExceptionally(new RejectedExecutionException(
                    closed
                            ? "the namespace thread is closed"
                            : "more than " + QUEUE + " tasks wait for the namespace thread"));
        } else if (closed) {
            failQueued();
        }
        return job.result;
    }

    /// Runs `task` inside `netns` and waits for its result. Never from an event loop.
    public <T> T call(Netns netns, Task<T> task) throws LinuxException {
        if (Thread.currentThread().equals(thread)) {
            throw new IllegalStateException("the namespace thread cannot wait for itself");
        }
        try {
            return submit(netns, task).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof LinuxException cause) {
                throw cause;
            }
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /// The namespace in which the thread is whenever it runs no task.
    public Netns home() {
        return home;
    }

    /// How many tasks were refused because the queue was full or closed.
    public long refused() {
        return refused.sum();
    }

    /// Ends the thread after the visit that it is on; tasks that still wait are refused.
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        List<Job<?>> batch = new ArrayList<>(VISIT);
        while (!closed) {
            try {
                batch.add(queue.take());
            } catch (InterruptedException e) {
                continue; // only close() interrupts, and the loop's condition sees it
            }
            queue.drainTo(batch, VISIT - 1);
            visitEach(batch);
            batch.clear();
        }
        failQueued();
        home.close();
    }

    private void visitEach(List<Job<?>> batch) {
        if (batch.size() == 1) {
            visit(batch.getFirst().netns, batch);
            return;
        }
        Map<FileIdentity, List<Job<?>>> groups = new LinkedHashMap<>();
        for (Job<?> job : batch) {
            groups.computeIfAbsent(job.netns.identity(), _ -> new ArrayList<>()).add(job);
        }
        for (List<Job<?>> group : groups.values()) {
            visit(group.getFirst().netns, group);
        }
    }

    private void visit(Netns netns, List<Job<?>> jobs) {
        try {
            netns.fd().with(number -> {
                Libc.checked(
                        Libc.setns(number, Libc.CLONE_NEWNET),
                        "setns(" + netns + ")",
                        "the process needs CAP_SYS_ADMIN, and the descriptor must be of a network namespace");
                try {
                    jobs.forEach(Job::run);
                } finally {
                    comeHome();
                }
                return jobs;
            });
        } catch (LinuxException e) {
            jobs.forEach(job -> job.failure = e);
        }
        jobs.forEach(Job::deliver);
    }

    private void comeHome() {
        try {
            Libc.checked(Libc.setns(home.fd().number(), Libc.CLONE_NEWNET), "setns(" + home + ")", "");
            FileIdentity now = Libc.identity(Libc.AT_FDCWD, SELF.toString());
            if (!now.equals(home.identity())) {
                stranded("in " + now + " instead of " + home.identity());
            }
        } catch (LinuxException e) {
            stranded(String.valueOf(e.getMessage()));
        }
    }

    private static void stranded(String why) {
        log.atError().addKeyValue("reason", why).log("the namespace thread cannot come home, halting");
        Runtime.getRuntime().halt(EXIT_STRANDED);
    }

    private void failQueued() {
        for (Job<?> job = queue.poll(); job != null; job = queue.poll()) {
            job.failure = new RejectedExecutionException("the namespace thread is closed");
            job.deliver();
        }
    }

    /// What is done inside a namespace: short, and starting nothing.
    @FunctionalInterface
    public interface Task<T> {
        T run() throws LinuxException;
    }

    private static final class Job<T> {
        private final Netns netns;
        private final Task<T> task;
        private final CompletableFuture<T> result = new CompletableFuture<>();
        private @Nullable T value;
        private @Nullable Throwable failure;

        Job(Netns netns, Task<T> task) {
            this.netns = netns;
            this.task = task;
        }

        // A task must never keep the thread from coming home, so whatever it throws is its result.
        void run() {
            try {
                value = task.run();
            } catch (Throwable e) {
                failure = e;
            }
        }

        @SuppressWarnings("NullAway") // the value is as nullable as the task's type says
        void deliver() {
            if (failure != null) {
                result.completeExceptionally(failure);
            } else {
                result.complete(value);
            }
        }
    }
}
