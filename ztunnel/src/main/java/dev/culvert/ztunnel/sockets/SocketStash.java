package dev.culvert.ztunnel.sockets;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// A few sockets of one pod and one family, made ahead of need. Confined to its loop.
///
/// A socket of a pod is made on the namespace thread. Going there and back costs a new connection two changes of
/// thread, which on a busy machine wait for a processor each, where the socket itself costs some 14 µs. So the
/// first connect asks for a batch, and later ones take what is left of it; at half, the next batch is asked for, long
/// before it is needed, and one visit to the namespace makes all of it.
///
/// It holds nothing before its first use, and gives all back after [#IDLE_SECONDS] without one, so that a pod which
/// does not connect costs no descriptors.
final class SocketStash {
    static final int FULL = 8;
    static final int LOW = 4;
    static final int IDLE_SECONDS = 30;

    private final EventLoop loop;
    private final IntFunction<CompletableFuture<List<Channel>>> maker;
    private final Queue<Channel> ready = new ArrayDeque<>(FULL);
    private final Queue<Promise<Channel>> waiting = new ArrayDeque<>(1);
    private @Nullable Future<?> idleCheck;
    private boolean making;
    private boolean usedSinceCheck;
    private boolean closed;

    /// @param maker makes as many sockets as it is told, in the pod's namespace
    SocketStash(EventLoop loop, IntFunction<CompletableFuture<List<Channel>>> maker) {
        this.loop = loop;
        this.maker = maker;
    }

    /// A socket, now or soon.
    Future<Channel> take() {
        usedSinceCheck = true;
        Channel channel = ready.poll();
        Promise<Channel> promise = loop.newPromise();
        if (closed) {
            return promise.setFailure(new IllegalStateException("the sockets of this pod are closed"));
        }
        if (channel != null) {
            promise.setSuccess(channel);
        } else {
            waiting.add(promise);
        }
        if (ready.size() <= LOW) {
            refill();
        }
        return promise;
    }

    /// How many are at hand.
    int size() {
        return ready.size();
    }

    /// Closes what is at hand and fails those who wait.
    void close() {
        closed = true;
        if (idleCheck != null) {
            idleCheck.cancel(false);
        }
        drop();
        fail(new IllegalStateException("the sockets of this pod are closed"));
    }

    private void refill() {
        if (making) {
            return;
        }
        making = true;
        maker.apply(FULL - ready.size() + waiting.size()).whenComplete((made, failure) -> {
            try {
                loop.execute(() -> refilled(made, failure));
            } catch (RejectedExecutionException loopEnded) {
                discard(made);
            }
        });
    }

    private void refilled(@Nullable List<Channel> made, @Nullable Throwable failure) {
        making = false;
        if (made == null) {
            fail(failure == null ? new IllegalStateException("no sockets were made") : failure);
            return;
        }
        if (closed) {
            discard(made);
            return;
        }
        ready.addAll(made);
        while (!waiting.isEmpty() && !ready.isEmpty()) {
            Promise<Channel> first = waiting.remove();
            if (!first.trySuccess(ready.peek())) {
                continue; // given up meanwhile
            }
            ready.remove();
        }
        if (!waiting.isEmpty()) {
            refill();
        }
        if (idleCheck == null) {
            idleCheck = loop.scheduleWithFixedDelay(this::dropIfIdle, IDLE_SECONDS, IDLE_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void dropIfIdle() {
        if (!usedSinceCheck && waiting.isEmpty()) {
            drop();
            if (idleCheck != null) {
                idleCheck.cancel(false);
                idleCheck = null;
            }
        }
        usedSinceCheck = false;
    }

    private void fail(Throwable failure) {
        for (Promise<Channel> promise = waiting.poll(); promise != null; promise = waiting.poll()) {
            promise.tryFailure(failure);
        }
    }

    private void drop() {
        for (Channel channel = ready.poll(); channel != null; channel = ready.poll()) {
            channel.unsafe().closeForcibly();
        }
    }

    private static void discard(@Nullable List<Channel> made) {
        if (made != null) {
            made.forEach(channel -> channel.unsafe().closeForcibly());
        }
    }
}
