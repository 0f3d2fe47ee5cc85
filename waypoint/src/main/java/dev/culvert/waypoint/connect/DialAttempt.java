package dev.culvert.waypoint.connect;

import dev.culvert.hbone.pool.TunnelAttempt;
import dev.culvert.waypoint.exchange.UpstreamFailure;
import dev.culvert.waypoint.exchange.UpstreamFailure.Kind;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One dial until its end, which is told once: connected, failed or out of time. Confined to its
/// loop.
final class DialAttempt {
    private final Consumer<DialOutcome> outcome;
    private final Future<?> timer;
    private @Nullable TunnelAttempt tunnel;
    private @Nullable Channel channel;
    private boolean over;

    DialAttempt(Destination to, EventLoop loop, Duration timeout, Consumer<DialOutcome> outcome) {
        this.outcome = outcome;
        timer = loop.schedule(() -> timedOut(to, timeout), timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    boolean isOver() {
        return over;
    }

    void cancelBy(TunnelAttempt attempt) {
        tunnel = attempt;
    }

    /// There is a channel, though not all is done on it yet.
    void has(Channel made) {
        channel = made;
        if (over) {
            made.close();
        }
    }

    void connected(Channel ready) {
        if (over) {
            ready.close();
            return;
        }
        over = true;
        timer.cancel(false);
        outcome.accept(new DialOutcome.Connected(ready));
    }

    void failed(UpstreamFailure failure) {
        if (!over) {
            over = true;
            timer.cancel(false);
            outcome.accept(new DialOutcome.Failed(failure));
        }
    }

    private void timedOut(Destination to, Duration timeout) {
        if (over) {
            return;
        }
        failed(new UpstreamFailure(
                Kind.CONNECT_TIMEOUT,
                "no connection to " + to.address() + " within " + timeout.toMillis() + " ms"
                        + (to.tunnel() == null ? "" : "; a NetworkPolicy may block port 15008")));
        if (channel != null) {
            channel.close();
        } else if (tunnel != null) {
            tunnel.cancel();
        }
    }
}
