package dev.culvert.hbone.pool;

import dev.culvert.hbone.h2.ClientConnection;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A connection in the pool, and since when it idles. Confined to the pool's loop.
final class PooledConnection {
    private final Channel channel;
    private final ClientConnection connection;
    private final Duration idle;
    private @Nullable Future<?> timer;

    PooledConnection(Channel channel, ClientConnection connection, Duration idle) {
        this.channel = channel;
        this.connection = connection;
        this.idle = idle;
    }

    ClientConnection connection() {
        return connection;
    }

    Channel channel() {
        return channel;
    }

    /// Starts or stops the time after which it is closed, by whether it has streams.
    void used() {
        boolean busy = connection.openStreams() > 0 || connection.isOver();
        if (busy && timer != null) {
            timer.cancel(false);
            timer = null;
        } else if (!busy && timer == null) {
            timer = channel.eventLoop()
                    .schedule(() -> connection.close("idle"), idle.toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
