package dev.culvert.ztunnel.sockets;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import java.util.function.BiConsumer;

/// What a channel in a pod is for, as Netty's options. Immutable.
public enum ChannelUse {
    /// One end of a relay: not read before its time, half-closed when its peer is, and not closed by a failed write,
    /// because what the peer had sent may still have to be read.
    ///
    /// The first read takes 1 KiB, so that a connection of few bytes costs few; reads that fill their buffer
    /// grow it step by step to 256 KiB, where the cost of a call is spread over a whole flight of TLS records.
    /// A channel with more than 256 KiB to write is not writable.
    RELAY,

    /// The TCP connection under TLS and HTTP/2: Netty's defaults, but for larger reads.
    TUNNEL;

    /// Names each option and its value, for a bootstrap.
    void forEach(BiConsumer<ChannelOption<Object>, Object> taker) {
        switch (this) {
            case RELAY -> {
                name(taker, ChannelOption.AUTO_READ, false);
                name(taker, ChannelOption.AUTO_CLOSE, false);
                name(taker, ChannelOption.ALLOW_HALF_CLOSURE, true);
                name(taker, ChannelOption.RECVBUF_ALLOCATOR, Buffers.RELAY);
                name(taker, ChannelOption.WRITE_BUFFER_WATER_MARK, Buffers.WATER_MARK);
            }
            case TUNNEL -> name(taker, ChannelOption.RECVBUF_ALLOCATOR, Buffers.TUNNEL);
        }
    }

    /// Sets the options of a channel that has no bootstrap.
    public void apply(Channel channel) {
        forEach(channel.config()::setOption);
    }

    @SuppressWarnings("unchecked") // the value is of the option's type
    private static <T> void name(BiConsumer<ChannelOption<Object>, Object> taker, ChannelOption<T> option, T value) {
        taker.accept((ChannelOption<Object>) option, value);
    }

    private static final class Buffers {
        private static final int LARGEST = 256 << 10;
        static final RecvByteBufAllocator RELAY = new AdaptiveRecvByteBufAllocator(1 << 10, 1 << 10, LARGEST);
        static final RecvByteBufAllocator TUNNEL = new AdaptiveRecvByteBufAllocator(2 << 10, 16 << 10, LARGEST);
        static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(64 << 10, LARGEST);
    }
}
