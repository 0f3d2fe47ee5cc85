package dev.culvert.process;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The end of a process, or of a part of it, passed down by constructor. Thread-safe: whoever joins may
/// be on any thread.
///
/// Who has something to finish joins, is told when the end begins, and leaves when it is through. A
/// graceful drain that is not over at its deadline turns into an immediate one. What joins after the
/// start is told at once. Children drain with their parent, and may be drained alone; a parent is not
/// done before its children are.
public final class Drain {
    /// Told that the end begins: once, or twice when a graceful drain runs out of time. It must not wait;
    /// it is called on the thread that drains, or on the one that joins late.
    @FunctionalInterface
    public interface Participant {
        void drain(DrainMode mode);
    }

    /// A participant's place in the drain, given up when it has finished. Leaving twice is harmless.
    @FunctionalInterface
    public interface Membership extends AutoCloseable {
        @Override
        void close();
    }

    private final Function<Duration, Executor> timer;
    private final Object lock = new Object();
    private final Set<Member> members = new LinkedHashSet<>();
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private @Nullable DrainMode mode;

    public Drain() {
        this(delay -> CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS));
    }

    /// A drain whose deadline is watched by the executor that `timer` gives for it, which runs its task
    /// that much later.
    Drain(Function<Duration, Executor> timer) {
        this.timer = timer;
    }

    /// Joins until the membership is closed.
    public Membership join(Participant participant) {
        Member member = new Member(participant);
        DrainMode begun;
        synchronized (lock) {
            begun = mode;
            if (!done.isDone()) {
                members.add(member);
            }
        }
        if (begun != null) {
            member.tell(begun);
        }
        return () -> leave(member);
    }

    /// A part that ends with this one, or before it.
    public Drain child() {
        Drain child = new Drain(timer);
        Membership membership = join(child::begin);
        var _ = child.done.thenRun(membership::close);
        return child;
    }

    /// Begins a graceful end that turns into an immediate one after `deadline`; the stage completes when
    /// all have left.
    public CompletionStage<Void> graceful(Duration deadline) {
        begin(DrainMode.GRACEFUL);
        if (!done.isDone()) {
            timer.apply(deadline).execute(() -> begin(DrainMode.IMMEDIATE));
        }
        return done();
    }

    /// Cuts everything; the stage completes when all have left.
    public CompletionStage<Void> immediate() {
        begin(DrainMode.IMMEDIATE);
        return done();
    }

    /// How the drain goes, or null when it has not begun.
    public @Nullable DrainMode mode() {
        synchronized (lock) {
            return mode;
        }
    }

    /// Completes when the drain has begun and nobody is left.
    public CompletionStage<Void> done() {
        return done.minimalCompletionStage();
    }

    private void begin(DrainMode next) {
        List<Member> told;
        synchronized (lock) {
            if (mode == next || mode == DrainMode.IMMEDIATE || done.isDone()) {
                return;
            }
            mode = next;
            told = List.copyOf(members);
        }
        told.forEach(member -> member.tell(next));
        completeIfEmpty();
    }

    private void leave(Member member) {
        synchronized (lock) {
            if (!members.remove(member)) {
                return;
            }
        }
        completeIfEmpty();
    }

    private void completeIfEmpty() {
        boolean empty;
        synchronized (lock) {
            empty = mode != null && members.isEmpty();
        }
        if (empty) {
            done.complete(null);
        }
    }

    /// Sees to it that a participant hears of each mode at most once, and of no softer one after a harder
    /// one, also when it joins while another thread drains.
    private static final class Member {
        private final Participant participant;
        private @Nullable DrainMode heard;

        Member(Participant participant) {
            this.participant = participant;
        }

        synchronized void tell(DrainMode next) {
            if (heard == null || (heard == DrainMode.GRACEFUL && next == DrainMode.IMMEDIATE)) {
                heard = next;
                participant.drain(next);
            }
        }
    }
}
