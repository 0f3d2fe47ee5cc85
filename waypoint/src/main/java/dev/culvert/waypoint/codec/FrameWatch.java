package dev.culvert.waypoint.codec;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Looks at the frames of HTTP/2 that a client sends, before the codec does: how many of them are
/// of no use, and whether a block of fields that has begun comes to its end in time. Confined to
/// the loop of its channel.
///
/// What a single stream does, and what it may make us hold, is for the codec to bound.
public final class FrameWatch extends ChannelInboundHandlerAdapter {
    /// Who ends the connection.
    public interface Owner {
        /// The client asks for too much work; nothing more of it is passed on.
        void flooded(String what);

        /// The client does not finish what it has begun.
        void stalled(String what);
    }

    private static final int PREFACE = 24;
    private static final int FRAME_HEADER = 9;
    private static final int END_HEADERS = 4;
    private static final int ACK = 1;

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;

    private final HttpLimits.Floods floods;
    private final Duration headTime;
    private final Owner owner;
    private final byte[] header = new byte[FRAME_HEADER];
    private int prefaceLeft = PREFACE;
    private int headerFill;
    private int payloadLeft;
    private boolean begun;
    private boolean inBlock;
    private boolean blockEnds;
    private boolean deaf;
    private long periodStart = System.nanoTime();
    private int settings;
    private int pings;
    private int ignored;
    private @Nullable Future<?> timer;

    /// @param headTime for the first frame, and for each block of fields
    public FrameWatch(HttpLimits.Floods floods, Duration headTime, Owner owner) {
        this.floods = floods;
        this.headTime = headTime;
        this.owner = owner;
    }

    /// We had something to say, so that PINGs may measure how it goes.
    public void responded() {
        pings = 0;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        startTimer(context, "no SETTINGS came");
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof ByteBuf bytes && !deaf) {
            look(bytes);
        }
        if (deaf) {
            ReferenceCountUtil.release(message);
        } else {
            context.fireChannelRead(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (inBlock && timer == null && !deaf) {
            startTimer(context, "a block of fields did not end");
        }
        context.fireChannelReadComplete();
    }

    private void startTimer(ChannelHandlerContext context, String what) {
        timer = context.channel()
                .eventLoop()
                .schedule(
                        () -> {
                            timer = null;
                            owner.stalled(what);
                        },
                        headTime.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void look(ByteBuf bytes) {
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (at < end && !deaf) {
            if (prefaceLeft > 0) {
                int step = Math.min(prefaceLeft, end - at);
                prefaceLeft -= step;
                at += step;
            } else if (headerFill < FRAME_HEADER) {
                header[headerFill++] = bytes.getByte(at++);
                if (headerFill == FRAME_HEADER) {
                    begin();
                }
            } else {
                int step = Math.min(payloadLeft, end - at);
                payloadLeft -= step;
                at += step;
            }
            if (headerFill == FRAME_HEADER && payloadLeft == 0) {
                headerFill = 0;
                endOfFrame();
            }
        }
    }

    private void begin() {
        payloadLeft = ((header[0] & 0xff) << 16) | ((header[1] & 0xff) << 8) | (header[2] & 0xff);
        int flags = header[4];
        switch (header[3]) {
            case HEADERS, CONTINUATION -> {
                inBlock = true;
                blockEnds = (flags & END_HEADERS) != 0;
            }
            case SETTINGS -> settings = count(settings, (flags & ACK) == 0, floods.settings(), "SETTINGS");
            case PING -> pings = count(pings, (flags & ACK) == 0, floods.pings(), "PING");
            case DATA, RST_STREAM, GOAWAY, WINDOW_UPDATE -> {}
            default -> ignored = count(ignored, true, floods.ignored(), "PRIORITY or unknown frames");
        }
    }

    private int count(int before, boolean counts, int most, String what) {
        if (!counts) {
            return before;
        }
        long now = System.nanoTime();
        int sofar = before;
        if (now - periodStart > floods.period().toNanos()) {
            periodStart = now;
            settings = 0;
            pings = 0;
            ignored = 0;
            sofar = 0;
        }
        if (sofar >= most) {
            deaf = true;
            stopTimer();
            owner.flooded(what);
        }
        return sofar + 1;
    }

    private void endOfFrame() {
        boolean ended = inBlock && blockEnds;
        if (ended) {
            inBlock = false;
        }
        if (ended || !begun) {
            begun = true;
            stopTimer();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        stopTimer();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        stopTimer();
        context.fireChannelInactive();
    }
}
