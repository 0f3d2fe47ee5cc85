package dev.culvert.ztunnel.relay;

import dev.culvert.hbone.TunnelFailure;
import dev.culvert.hbone.TunnelReceiver;
import dev.culvert.hbone.TunnelStream;
import dev.culvert.ztunnel.connection.CloseReason;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A tunnel stream as an end of a relay. Confined to the stream's loop.
///
/// A relay may be over while the peer could still send, because the socket on our side is gone. The peer then gets the
/// end of our direction and a reset right behind it. Only where its window holds our last bytes back the stream
/// lingers: the first bytes that nobody can take reset it, as does the end of a short wait.
public final class TunnelEnd implements RelayEnd, TunnelReceiver {
    private static final long LINGER_SECONDS = 5;

    private final TunnelStream stream;
    private @Nullable Relay relay;
    /// The peer has ended its direction, or the stream has failed.
    private boolean inputEnded;

    public TunnelEnd(TunnelStream stream) {
        this.stream = stream;
    }

    @Override
    public void join(Relay relay) {
        this.relay = relay;
        stream.receiver(this);
    }

    @Override
    public void write(ByteBuf bytes) {
        stream.write(bytes);
    }

    @Override
    public void flush() {
        stream.flush();
    }

    @Override
    public boolean isWritable() {
        return stream.isWritable();
    }

    @Override
    public void reading(boolean on) {
        // what bounds a tunnel source is its window
    }

    @Override
    public void left(int bytes) {
        stream.consumed(bytes);
    }

    @Override
    public void finish() {
        stream.end();
        if (relay != null) {
            relay.ended(this);
        }
    }

    @Override
    public void close() {
        relay = null;
        if (!inputEnded) {
            stream.leave();
            stream.eventLoop().schedule(stream::reset, LINGER_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Override
    public void abort() {
        relay = null;
        stream.reset();
    }

    @Override
    public void data(ByteBuf bytes) {
        if (relay != null) {
            relay.read(this, bytes);
        } else {
            bytes.release();
            stream.reset();
        }
    }

    @Override
    public void readComplete() {
        if (relay != null) {
            relay.readComplete(this);
        }
    }

    @Override
    public void ended() {
        inputEnded = true;
        if (relay != null) {
            relay.finished(this);
        }
    }

    @Override
    public void failed(TunnelFailure failure) {
        inputEnded = true;
        Relay joined = relay;
        if (joined == null) {
            return;
        }
        if (!(failure instanceof TunnelFailure.StreamReset reset && reset.isCleanEnd())) {
            joined.failed(this, new CloseReason.TunnelFailed(joined.side(this), failure));
        }
        joined.finished(this);
        joined.ended(this);
    }

    @Override
    public void writabilityChanged() {
        if (relay != null) {
            relay.writability(this);
        }
    }
}
