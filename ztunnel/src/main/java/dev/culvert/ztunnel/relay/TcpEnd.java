package dev.culvert.ztunnel.relay;

import dev.culvert.ztunnel.connection.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.unix.Errors;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A TCP channel as an end of a relay, and the only handler of its pipeline. Confined to the channel's loop.
///
/// The channel comes with reading switched off, half-closure allowed and no closing by itself on a failed write; see
/// `sockets.ChannelUse.RELAY`. Until it is joined to a relay it reads nothing on its own account; the one buffer that
/// epoll reads when the peer hangs up is held.
///
/// Credit for the bytes of a tunnel is given when the channel's queue is empty after a flush, which costs nothing.
/// When it is not, an empty buffer is queued behind the bytes, and its completion tells that they have left.
public final class TcpEnd extends ChannelInboundHandlerAdapter implements RelayEnd, ChannelFutureListener {
    private static final Logger log = LoggerFactory.getLogger(TcpEnd.class);
    private static final int EPIPE = 32;
    private static final int ECONNRESET = 104;
    private static final int ENOTCONN = 107;

    private final Channel channel;
    private @Nullable Relay relay;
    /// Told when the channel dies before it is joined.
    private @Nullable Runnable whenGone;

    private @Nullable ByteBuf held;
    /// Written, and not yet known to have left.
    private int unsettled;
    /// Part of the above that the marker under way stands behind.
    private int marked;

    private boolean marker;
    private boolean inputEnded;
    private boolean finishing;
    private boolean outputEnded;
    private boolean reset;

    private TcpEnd(Channel channel, Runnable whenGone) {
        this.channel = channel;
        this.whenGone = whenGone;
    }

    /// Makes `channel` an end, to be joined later; `whenGone` is told when it dies before.
    public static TcpEnd install(Channel channel, Runnable whenGone) {
        TcpEnd end = new TcpEnd(channel, whenGone);
        channel.pipeline().addLast(end);
        return end;
    }

    /// Closes the channel and drops what was held: for a connection that comes to nothing. What the kernel holds
    /// unread makes it answer with a reset.
    public void discard() {
        whenGone = null;
        if (held != null) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0); // for the same answer
            releaseHeld();
        }
        channel.close();
    }

    @Override
    public void join(Relay relay) {
        this.relay = relay;
        whenGone = null;
        channel.config().setAutoRead(true);
        ByteBuf early = held;
        held = null;
        if (early != null) {
            relay.read(this, early);
            relay.readComplete(this);
        }
        if (inputEnded || !channel.isActive()) {
            relay.finished(this);
        }
        if (!channel.isActive()) {
            relay.ended(this);
        }
    }

    @Override
    public void write(ByteBuf bytes) {
        unsettled += bytes.readableBytes();
        channel.write(bytes, channel.voidPromise());
    }

    @Override
    public void flush() {
        channel.flush();
        settle();
    }

    @Override
    public boolean isWritable() {
        return channel.isWritable();
    }

    @Override
    public void reading(boolean on) {
        channel.config().setAutoRead(on);
    }

    @Override
    public void left(int bytes) {
        // what bounds a TCP source is that it is not read
    }

    @Override
    public void finish() {
        finishing = true;
        flush();
    }

    @Override
    public void close() {
        channel.close();
    }

    @Override
    public void abort() {
        channel.close();
    }

    /// Gives credit for what has left, or sees to it that we are told; shuts the output once all has left.
    private void settle() {
        if (unsettled == 0 && !finishing) {
            return;
        }
        ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
        if (queue == null || queue.totalPendingWriteBytes() == 0) {
            credit(unsettled);
            unsettled = 0;
            marked = 0;
            if (finishing && !outputEnded) {
                shutdownOutput();
            }
        } else if (!marker) {
            marker = true;
            marked = unsettled;
            channel.write(Unpooled.EMPTY_BUFFER).addListener(this);
            channel.flush();
        }
    }

    /// The marker has passed, or failed with everything else. We are called by the queue while it still counts the
    /// marker itself, and it must not be shut from here: so the rest is done in a later turn of the loop.
    @Override
    public void operationComplete(ChannelFuture future) {
        marker = false;
        credit(marked);
        unsettled -= marked;
        marked = 0;
        if (unsettled > 0 || finishing) {
            channel.eventLoop().execute(this::settle);
        }
    }

    private void credit(int bytes) {
        if (bytes > 0 && relay != null) {
            relay.left(this, bytes);
        }
    }

    /// The second half to end needs no call of its own: closing the channel says the same.
    private void shutdownOutput() {
        if (!inputEnded && channel.isActive()) {
            HalfClose.output(channel);
        }
        outputEnded();
    }

    private void outputEnded() {
        if (!outputEnded) {
            outputEnded = true;
            closeIfDone();
            if (relay != null) {
                relay.ended(this);
            }
        }
    }

    /// A channel that is through both ways is closed at once: open, it would wake its loop until the relay is over. One
    /// that was reset is through when all that came before was read.
    private void closeIfDone() {
        if (inputEnded && (outputEnded || reset)) {
            channel.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (relay != null) {
            relay.read(this, bytes);
        } else if (whenGone == null) {
            bytes.release();
        } else {
            held = held == null ? bytes : Unpooled.wrappedBuffer(held, bytes);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (relay != null) {
            relay.readComplete(this);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (relay != null) {
            relay.writability(this);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            inputEnded = true;
            closeIfDone();
            if (relay != null) {
                relay.finished(this);
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        Runnable told = whenGone;
        whenGone = null;
        if (relay != null) {
            relay.finished(this);
            outputEnded();
        } else {
            releaseHeld();
            if (told != null) {
                told.run();
            }
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Relay joined = relay;
        if (!(cause instanceof IOException)) {
            log.atError().setCause(cause).addKeyValue("channel", channel).log("relay failed by a bug");
            if (joined != null) {
                joined.abort(new CloseReason.Broken(cause));
                return;
            }
        }
        if (joined != null && !isHangUp(cause)) {
            joined.failed(this, new CloseReason.SocketFailed(joined.side(this), String.valueOf(cause.getMessage())));
        }
        reset |= isReset(cause);
        if (joined == null) {
            channel.close(); // becomes inactive, and that is told
        }
    }

    private static boolean isReset(Throwable cause) {
        return cause instanceof Errors.NativeIoException e && -e.expectedErr() == ECONNRESET;
    }

    /// A reset, a broken pipe, or a socket that is closed already: ends like a FIN.
    private static boolean isHangUp(Throwable cause) {
        if (cause instanceof Errors.NativeIoException e) {
            int errno = -e.expectedErr();
            return errno == ECONNRESET || errno == EPIPE || errno == ENOTCONN;
        }
        return cause instanceof ClosedChannelException;
    }

    private void releaseHeld() {
        if (held != null) {
            held.release();
            held = null;
        }
    }
}
