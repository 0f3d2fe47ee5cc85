package dev.culvert.hbone.h2;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.WriteBufferWaterMark;

/// How much a tunnel's channel reads and holds at once. Immutable.
public final class ChannelTuning {
    private static final int LEAST_READ_BYTES = 1_024;
    private static final int FIRST_READ_BYTES = 16_384;
    private static final int MOST_READ_BYTES = 262_144;
    /// What waits below the streams: enough for one large write to the socket, and one behind it.
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(131_072, 524_288);

    private ChannelTuning() {}

    /// Tunes a channel that is to carry tunnels.
    public static void apply(Channel channel) {
        channel.config()
                .setRecvByteBufAllocator(
                        new AdaptiveRecvByteBufAllocator(LEAST_READ_BYTES, FIRST_READ_BYTES, MOST_READ_BYTES))
                .setWriteBufferWaterMark(WATER_MARK);
    }
}
