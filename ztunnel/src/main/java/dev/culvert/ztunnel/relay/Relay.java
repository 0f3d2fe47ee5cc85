package dev.culvert.ztunnel.relay;

import dev.culvert.ztunnel.connection.CloseReason;
import dev.culvert.ztunnel.connection.ConnectionEntry;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// Two directions of bytes between a downstream and an upstream end. Confined to the loop of both.
///
/// # How a direction ends
///
/// A direction is *open* until its source has no more bytes, *finishing* until its sink has passed that on, and then
/// *done*. A sink that can take no more is done at once; what its source still sends is dropped, so that the source
/// is not stuck with bytes that nobody wants. Neither direction ends the other. When both are done the relay is
/// over: the ends are closed and the entry gets its reason.
///
/// # What is bounded
///
/// A TCP source is not read while its sink is not writable, so that at most one read is held beyond the sink's high
/// water mark. A tunnel source sends no more than its window, and gets credit only for bytes that have left the sink.
public final class Relay implements ConnectionEntry.Target {
    private final ConnectionEntry entry;
    private final RelayEnd downstream;
    private final RelayEnd upstream;
    /// Nothing more comes from the downstream end; nothing more comes from the upstream end.
    private boolean downstreamFinished;

    private boolean upstreamFinished;
    /// All that came from that end was passed on, or cannot be.
    private boolean downstreamDone;

    private boolean upstreamDone;
    private boolean over;
    private @Nullable CloseReason failure;

    private Relay(ConnectionEntry entry, RelayEnd downstream, RelayEnd upstream) {
        this.entry = entry;
        this.downstream = downstream;
        this.upstream = upstream;
    }

    /// Relays between a captured connection and a dialled one until both directions are done, then ends `entry`.
    public static void tcp(ConnectionEntry entry, TcpEnd downstream, TcpEnd upstream) {
        new Relay(entry, downstream, upstream).start();
    }

    /// Relays from a captured connection into a tunnel.
    public static void intoTunnel(ConnectionEntry entry, TcpEnd downstream, TunnelEnd upstream) {
        new Relay(entry, downstream, upstream).start();
    }

    /// Relays from a tunnel to a dialled connection.
    public static void fromTunnel(ConnectionEntry entry, TunnelEnd downstream, TcpEnd upstream) {
        new Relay(entry, downstream, upstream).start();
    }

    private void start() {
        entry.target(this);
        // Either may tell at once that it has failed, and be the last to do so.
        upstream.join(this);
        downstream.join(this);
    }

    /// Bytes came from `source`.
    void read(RelayEnd source, ByteBuf bytes) {
        int count = bytes.readableBytes();
        if (over || isDone(source)) {
            bytes.release();
            if (!over) {
                source.left(count);
            }
            return;
        }
        if (source == downstream) {
            entry.fromDownstream(count);
        } else {
            entry.fromUpstream(count);
        }
        RelayEnd sink = other(source);
        sink.write(bytes);
        if (!sink.isWritable()) {
            source.reading(false);
        }
    }

    /// `source` has no more bytes at hand.
    void readComplete(RelayEnd source) {
        if (!over) {
            other(source).flush();
        }
    }

    /// `sink` takes more again, or does not.
    void writability(RelayEnd sink) {
        if (!over) {
            other(sink).reading(sink.isWritable());
        }
    }

    /// That many bytes have left `sink`.
    void left(RelayEnd sink, int bytes) {
        other(sink).left(bytes);
    }

    /// `source` has said all that it had to say.
    void finished(RelayEnd source) {
        if (over || (source == downstream ? downstreamFinished : upstreamFinished)) {
            return;
        }
        if (source == downstream) {
            downstreamFinished = true;
        } else {
            upstreamFinished = true;
        }
        if (!isDone(source)) {
            other(source).finish();
        }
    }

    /// `sink` has passed on the end of the other, or can take no more.
    void ended(RelayEnd sink) {
        if (over) {
            return;
        }
        if (sink == upstream) {
            downstreamDone = true;
        } else {
            upstreamDone = true;
        }
        if (downstreamDone && upstreamDone) {
            over = true;
            downstream.close();
            upstream.close();
            entry.end(failure == null ? new CloseReason.Finished() : failure);
        } else {
            // what still comes is dropped, but its end must be seen
            other(sink).reading(true);
        }
    }

    /// Something went wrong at `end`; the first such thing is the connection's reason.
    void failed(RelayEnd end, CloseReason reason) {
        if (failure == null) {
            failure = reason;
        }
    }

    /// Whose side `end` is on.
    CloseReason.Origin side(RelayEnd end) {
        return end == downstream ? CloseReason.Origin.CLIENT : CloseReason.Origin.UPSTREAM;
    }

    /// Ends both directions at once.
    @Override
    public void abort(CloseReason reason) {
        if (!over) {
            over = true;
            downstream.abort();
            upstream.abort();
            entry.end(reason);
        }
    }

    private boolean isDone(RelayEnd source) {
        return source == downstream ? downstreamDone : upstreamDone;
    }

    private RelayEnd other(RelayEnd end) {
        return end == downstream ? upstream : downstream;
    }
}
