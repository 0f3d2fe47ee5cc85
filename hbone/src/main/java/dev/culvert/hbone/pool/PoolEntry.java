package dev.culvert.hbone.pool;

import dev.culvert.hbone.HboneLimits;
import dev.culvert.hbone.TunnelFailure;
import dev.culvert.hbone.h2.ClientConnection;
import dev.culvert.hbone.tls.TlsContexts;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// All that the pool has for one key: connections, at most one dial, and who waits. Confined to the pool's loop.
///
/// A failed dial fails those who waited for it from its start. Who came later has not had a full attempt yet, and
/// gets one with the dial that follows; so nobody waits for more than two.
final class PoolEntry implements Dial.Owner {
    private final TunnelKey key;
    private final EventLoop loop;
    private final HboneLimits limits;
    private final TlsContexts tls;
    private final Runnable whenEmpty;
    private final List<PooledConnection> connections = new ArrayList<>(1);
    private final ArrayDeque<Waiter> waiters = new ArrayDeque<>(1);
    private @Nullable Dial dial;
    /// How many of the waiters, from the first, were there when the dial began.
    private int sinceStart;

    private boolean closed;

    PoolEntry(TunnelKey key, EventLoop loop, HboneLimits limits, TlsContexts tls, Runnable whenEmpty) {
        this.key = key;
        this.loop = loop;
        this.limits = limits;
        this.tls = tls;
        this.whenEmpty = whenEmpty;
    }

    /// Serves a waiter at once where a stream is free, else lets it wait for a dial or for a stream.
    void submit(Waiter waiter) {
        if (closed) {
            waiter.fail(new TunnelFailure.ClosedByUs("the workload has left"));
            return;
        }
        PooledConnection free = free();
        if (free == null) {
            waiters.add(waiter);
            dialIfNeeded();
        } else {
            waiter.ask(free.connection(), true);
            free.used();
        }
    }

    private @Nullable PooledConnection free() {
        for (PooledConnection candidate : connections) {
            if (candidate.connection().freeStreams() > 0) {
                return candidate;
            }
        }
        return null;
    }

    private void dialIfNeeded() {
        Waiter first = waiters.peek();
        if (dial == null && first != null && !closed) {
            sinceStart = waiters.size();
            Dial next = new Dial(key, this, limits, tls);
            dial = next;
            next.start(loop, first.dialer());
        }
    }

    /// A waiter gives up.
    void withdraw(Waiter waiter) {
        int position = 0;
        for (Waiter other : waiters) {
            if (other == waiter) {
                sinceStart -= position < sinceStart ? 1 : 0;
                break;
            }
            position++;
        }
        waiters.remove(waiter);
        releaseIfEmpty();
    }

    @Override
    public void dialled(Dial done, Channel channel, ClientConnection connection) {
        dial = null;
        PooledConnection pooled =
                new PooledConnection(channel, connection, limits.timers().idle());
        connections.add(pooled);
        channel.closeFuture().addListener(_ -> {
            connections.remove(pooled);
            releaseIfEmpty();
        });
        serve(pooled, false);
        pooled.used();
        dialIfNeeded();
    }

    private void serve(PooledConnection pooled, boolean kept) {
        while (!waiters.isEmpty() && pooled.connection().freeStreams() > 0) {
            sinceStart = Math.max(0, sinceStart - 1);
            waiters.remove().ask(pooled.connection(), kept);
        }
    }

    @Override
    public void failed(Dial done, TunnelFailure failure) {
        dial = null;
        List<Waiter> had = new ArrayList<>(sinceStart);
        for (; sinceStart > 0; sinceStart--) {
            had.add(waiters.remove());
        }
        dialIfNeeded();
        had.forEach(waiter -> waiter.fail(failure));
        releaseIfEmpty();
    }

    @Override
    public void changed(ClientConnection connection) {
        for (PooledConnection pooled : connections) {
            if (pooled.connection() == connection) {
                serve(pooled, true);
                pooled.used();
                return;
            }
        }
    }

    private void releaseIfEmpty() {
        if (connections.isEmpty() && waiters.isEmpty() && dial == null && !closed) {
            closed = true;
            whenEmpty.run();
        }
    }

    /// Closes everything; who waits is told.
    void close(String reason) {
        closed = true;
        if (dial != null) {
            dial.cancel();
            dial = null;
        }
        List.copyOf(connections).forEach(pooled -> pooled.connection().close(reason));
        TunnelFailure failure = new TunnelFailure.ClosedByUs(reason);
        List<Waiter> had = List.copyOf(waiters);
        waiters.clear();
        had.forEach(waiter -> waiter.fail(failure));
    }

    PoolCounts counts() {
        int streams = connections.stream()
                .mapToInt(pooled -> pooled.connection().openStreams())
                .sum();
        return new PoolCounts(connections.size(), dial == null ? 0 : 1, waiters.size(), streams);
    }

    TunnelKey key() {
        return key;
    }
}
