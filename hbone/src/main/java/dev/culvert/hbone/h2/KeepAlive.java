package dev.culvert.hbone.h2;

import dev.culvert.hbone.HboneLimits;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Asks a silent peer for a sign of life, and gives the connection up when none comes. Confined to its
/// connection's loop.
final class KeepAlive {
    private final EventLoop loop;
    private final long pingAfter;
    private final long pongWithin;
    private final Runnable ping;
    private final Runnable lost;
    private @Nullable Future<?> timer;
    private long lastRead;
    private boolean asked;

    /// @param ping sends a PING
    /// @param lost closes the connection
    KeepAlive(EventLoop loop, HboneLimits.Timers timers, Runnable ping, Runnable lost) {
        this.loop = loop;
        this.pingAfter = timers.pingAfter().toNanos();
        this.pongWithin = timers.pongWithin().toNanos();
        this.ping = ping;
        this.lost = lost;
    }

    void start() {
        lastRead = loop.ticker().nanoTime();
        waitFor(pingAfter);
    }

    void stop() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    /// Something came from the peer.
    void alive() {
        lastRead = loop.ticker().nanoTime();
        if (asked) {
            asked = false;
            stop();
            waitFor(pingAfter);
        }
    }

    private void waitFor(long nanos) {
        timer = loop.schedule(this::check, nanos, TimeUnit.NANOSECONDS);
    }

    private void check() {
        long silent = loop.ticker().nanoTime() - lastRead;
        if (asked) {
            timer = null;
            lost.run();
        } else if (silent < pingAfter) {
            waitFor(pingAfter - silent);
        } else {
            asked = true;
            waitFor(pongWithin);
            ping.run();
        }
    }
}
