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
    }

    private void waitFor(long nanos) {
        timer = loop.schedule(this::check, nanos, TimeUnit.NANOSECONDS);
    }

    private void check() {
        long silent = loop.ticker().nanoTime() - lastRead;
        if (silent < pingAfter) {
            asked = false;
            waitFor(pingAfter - silent);
        } else if (!asked) {
            asked = true;
            ping.run();
            waitFor(pongWithin);
        } else if (silent < pongWithin) {
            asked = false;
            waitFor(1);
        } else {
            timer = null;
            lost.run();
        }
    }
}
