package dev.culvert.hbone.h2;

import dev.culvert.hbone.HboneLimits;
import dev.culvert.hbone.TunnelFailure;
import dev.culvert.hbone.TunnelPeer;
import dev.culvert.hbone.TunnelReceiver;
import dev.culvert.hbone.TunnelStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// One stream of a connection: its two halves, its windows and what waits in it. Confined to its connection's
/// loop.
///
/// Credit: bytes that were delivered are *unconsumed* until the receiver says otherwise. Until then they count
/// against the stream and the connection. A stream that is over owes nothing: what is unconsumed when it is
/// reset or fails is given back to the connection at once, and later calls of [#consumed] change nothing.
abstract class Http2Stream implements TunnelStream {
    private final TunnelConnection connection;
    private final int id;
    private final ReceiveWindow window;
    private final SendQueue queue = new SendQueue();
    private @Nullable TunnelReceiver receiver;
    private @Nullable ArrayDeque<ByteBuf> held;
    private @Nullable TunnelFailure failure;
    private int sendWindow;
    private int unconsumed;
    private boolean full;
    private boolean endAsked;
    private boolean leaving;
    private boolean localEnded;
    private boolean remoteEnded;
    private boolean over;
    private boolean scheduled;
    private boolean touched;

    Http2Stream(TunnelConnection connection, int id) {
        this.connection = connection;
        this.id = id;
        this.window = new ReceiveWindow(connection.limits().windows().streamBytes());
        this.sendWindow = connection.peerSettings().windowBytes();
    }

    final TunnelConnection connection() {
        return connection;
    }

    final int id() {
        return id;
    }

    final boolean remoteEnded() {
        return remoteEnded;
    }

    final boolean localEnded() {
        return localEnded;
    }

    @Override
    public final boolean isOver() {
        return over;
    }

    @Override
    public final EventLoop eventLoop() {
        return connection.loop();
    }

    @Override
    public final ByteBufAllocator alloc() {
        return connection.writer().alloc();
    }

    @Override
    public final TunnelPeer peer() {
        return connection.peer();
    }

    // What the owner asks of us.

    @Override
    public final void receiver(TunnelReceiver to) {
        assert eventLoop().inEventLoop();
        assert receiver == null;
        receiver = to;
        deliverHeld(to);
        if (failure != null) {
            to.failed(failure);
        } else if (remoteEnded) {
            to.ended();
        }
    }

    private void deliverHeld(TunnelReceiver to) {
        if (held == null) {
            return;
        }
        ArrayDeque<ByteBuf> early = held;
        held = null;
        early.forEach(to::data);
        to.readComplete();
    }

    @Override
    public final void write(ByteBuf bytes) {
        assert eventLoop().inEventLoop();
        if (over || endAsked || !maySend()) {
            bytes.release();
            return;
        }
        queue.add(bytes);
        full = full || queue.bytes() >= windows().sendHighBytes();
    }

    @Override
    public final void flush() {
        connection.scheduler().ready(this);
        connection.flushSoon();
    }

    @Override
    public final boolean isWritable() {
        return !full && !over;
    }

    @Override
    public final void end() {
        assert eventLoop().inEventLoop();
        endAsked = true;
        flush();
    }

    @Override
    public final void leave() {
        leaving = true;
        end();
        resetWhenLeft();
    }

    /// The end of our half is on its way; what the peer still sends has nobody to go to.
    private void resetWhenLeft() {
        if (leaving && localEnded && !over) {
            reset();
        }
    }

    @Override
    public final void reset() {
        assert eventLoop().inEventLoop();
        receiver = null;
        if (over) {
            settle();
        } else {
            connection.resetStream(this, resetCode());
        }
    }

    @Override
    public final void consumed(int bytes) {
        assert eventLoop().inEventLoop();
        int counted = Math.min(bytes, unconsumed);
        unconsumed -= counted;
        giveBack(counted);
    }

    // What becomes of it, told by the connection.

    /// Whether a payload of `length` is within what we granted.
    final boolean takeCredit(int length) {
        return window.take(length);
    }

    /// Bytes came; the stream owns them. Whether this is the first since the last [#readComplete].
    final boolean received(ByteBuf piece) {
        unconsumed += piece.readableBytes();
        if (receiver == null) {
            if (held == null) {
                held = new ArrayDeque<>(2);
            }
            held.add(piece);
            return false;
        }
        boolean first = !touched;
        touched = true;
        receiver.data(piece);
        return first;
    }

    /// Gives back what will not reach the receiver, such as padding.
    final void giveBack(int bytes) {
        if (bytes > 0) {
            connection.giveBack(bytes);
            int grant = over || remoteEnded ? 0 : window.giveBack(bytes);
            if (grant > 0) {
                connection.grant(id, grant);
            }
        }
    }

    final void readComplete() {
        touched = false;
        if (receiver != null) {
            receiver.readComplete();
        }
    }

    /// The peer ended its half.
    final void remoteEnd() {
        remoteEnded = true;
        if (receiver != null) {
            receiver.ended();
        }
        closeWhenBothEnded();
    }

    /// We ended our half with the header fields that we sent.
    final void localEnd() {
        endAsked = true;
        localEnded = true;
        closeWhenBothEnded();
        resetWhenLeft();
    }

    private void closeWhenBothEnded() {
        if (localEnded && remoteEnded && !over) {
            over = true;
            connection.remove(this);
        }
    }

    /// The stream is over before its time; whoever waits for it is told.
    final void fail(TunnelFailure reason) {
        abandon();
        failure = reason;
        if (receiver != null) {
            receiver.failed(reason);
        } else {
            unanswered(reason);
        }
    }

    /// The stream is over, and nobody is to be told.
    final void abandon() {
        over = true;
        queue.clear();
        if (held != null) {
            held.forEach(ByteBuf::release);
            held = null;
        }
        settle();
    }

    private void settle() {
        int owed = unconsumed;
        unconsumed = 0;
        giveBack(owed);
    }

    /// Which code tells the peer that we give the stream up.
    abstract ErrorCode resetCode();

    /// Whether payload may be sent yet.
    abstract boolean maySend();

    /// Whether payload may come yet.
    abstract boolean mayReceive();

    /// The stream failed while nobody had its bytes.
    abstract void unanswered(TunnelFailure reason);

    // What the scheduler asks and does.

    /// Changes what we may send; whether that stays within what the protocol allows.
    final boolean addSendWindow(long change) {
        long next = sendWindow + change;
        if (next > Frames.MAX_WINDOW_BYTES) {
            return false;
        }
        sendWindow = (int) next;
        return true;
    }

    /// Whether there is something to send that the stream's own window allows.
    final boolean canSend() {
        if (over || localEnded || !maySend()) {
            return false;
        }
        return queue.bytes() > 0 ? sendWindow > 0 : endAsked;
    }

    final boolean hasBytes() {
        return queue.bytes() > 0;
    }

    final boolean scheduled() {
        return scheduled;
    }

    final void scheduled(boolean now) {
        scheduled = now;
    }

    /// Writes one frame of at most `limit` bytes of payload, and the end with it when nothing is left.
    ///
    /// @return bytes of payload
    final int writeFrame(FrameWriter writer, int limit) {
        int bytes = Math.min(limit, Math.min(queue.bytes(), Math.max(sendWindow, 0)));
        boolean end = endAsked && bytes == queue.bytes();
        writer.dataHead(id, bytes, end);
        queue.moveTo(writer, bytes);
        sendWindow -= bytes;
        if (end) {
            localEnd();
        }
        return bytes;
    }

    /// Tells the receiver when enough was sent for more to be welcome.
    final void drained() {
        if (full && queue.bytes() <= windows().sendLowBytes()) {
            full = false;
            if (receiver != null && !over) {
                receiver.writabilityChanged();
            }
        }
    }

    private HboneLimits.Windows windows() {
        return connection.limits().windows();
    }
}
