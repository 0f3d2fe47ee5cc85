package dev.culvert.waypoint.http;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Notices a body that is waited for and does not come. Confined to its loop.
final class BodyWatch {
    private final EventLoop loop;
    private final long idleNanos;
    private final Runnable stalled;
    private long lastNanos = System.nanoTime();
    private boolean waiting;
    private @Nullable Future<?> timer;

    BodyWatch(EventLoop loop, Duration idle, Runnable stalled) {
        this.loop = loop;
        idleNanos = idle.toNanos();
        this.stalled = stalled;
        timer = loop.schedule(this::look, idleNanos, TimeUnit.NANOSECONDS);
    }

    void progress() {
        lastNanos = System.nanoTime();
    }

    /// Whether it is the client that is waited for.
    void waiting(boolean now) {
        if (now && !waiting) {
            progress();
        }
        waiting = now;
    }

    private void look() {
        long left = waiting ? idleNanos - (System.nanoTime() - lastNanos) : idleNanos;
        if (left > 0) {
            timer = loop.schedule(this::look, left, TimeUnit.NANOSECONDS);
        } else {
            timer = null;
            stalled.run();
        }
    }

    void stop() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
