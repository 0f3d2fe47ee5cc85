package dev.culvert.controlplane.xds;

import java.util.ArrayDeque;
import java.util.Deque;

/// The bytes of large responses that may be on their way to all clients together.
///
/// Thread-safe: a lock around a number and a queue. Who finds no room waits in line and is called
/// when there may be.
final class SendBudget {
    private final long limit;
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private long used;

    SendBudget(long limit) {
        this.limit = limit;
    }

    /// Takes `bytes`, or puts `retry` in line and gives false. One response larger than the whole
    /// budget may go alone.
    synchronized boolean take(long bytes, Runnable retry) {
        if (used == 0 || used + bytes <= limit) {
            used += bytes;
            return true;
        }
        waiting.add(retry);
        return false;
    }

    /// Gives `bytes` back, and calls those who wait; who still finds no room gets in line again.
    void give(long bytes) {
        Deque<Runnable> woken;
        synchronized (this) {
            used -= bytes;
            woken = new ArrayDeque<>(waiting);
            waiting.clear();
        }
        woken.forEach(Runnable::run);
    }
}
