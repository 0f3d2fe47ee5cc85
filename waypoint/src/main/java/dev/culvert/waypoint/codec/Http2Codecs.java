package dev.culvert.waypoint.codec;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Settings;
import java.time.Duration;

/// Netty's codec of HTTP/2 with our limits. Without state.
public final class Http2Codecs {
    private static final int QUEUED_CONTROL_FRAMES = 1_000;
    private static final int EMPTY_DATA_FRAMES = 10;
    private static final int CONTINUATIONS = 16;

    private Http2Codecs() {}

    /// The server's end.
    ///
    /// @param grace what running streams get when the connection is closed
    public static Http2FrameCodec server(HttpLimits limits, Duration grace) {
        HttpLimits.Floods floods = limits.floods();
        int seconds = (int) floods.period().toSeconds();
        Http2FrameCodec codec = common(Http2FrameCodecBuilder.forServer())
                .decoderEnforceMaxRstFramesPerWindow(floods.resets(), seconds)
                .encoderEnforceMaxRstFramesPerWindow(floods.resets(), seconds)
                .initialSettings(settings(limits).maxConcurrentStreams(limits.streams()))
                .build();
        codec.gracefulShutdownTimeoutMillis(grace.toMillis());
        return codec;
    }

    /// The client's end. It answers no pushes.
    public static Http2FrameCodec client(HttpLimits limits) {
        return common(Http2FrameCodecBuilder.forClient())
                .initialSettings(settings(limits).pushEnabled(false))
                .build();
    }

    private static Http2FrameCodecBuilder common(Http2FrameCodecBuilder builder) {
        return builder.validateHeaders(true)
                .autoAckSettingsFrame(true)
                .autoAckPingFrame(true)
                .encoderEnforceMaxQueuedControlFrames(QUEUED_CONTROL_FRAMES)
                .decoderEnforceMaxConsecutiveEmptyDataFrames(EMPTY_DATA_FRAMES)
                .decoderEnforceMaxSmallContinuationFrames(CONTINUATIONS)
                .encoderIgnoreMaxHeaderListSize(false);
    }

    private static Http2Settings settings(HttpLimits limits) {
        return new Http2Settings()
                .maxHeaderListSize(limits.headerBytes())
                .initialWindowSize(limits.windowBytes())
                .maxFrameSize(1 << 16);
    }

    /// Widens the window of a whole connection to that of sixteen streams, so that one stream that
    /// nobody reads does not stop the others. Called when the codec is in its pipeline.
    public static void widen(ChannelHandlerContext codec, HttpLimits limits)
            throws io.netty.handler.codec.http2.Http2Exception {
        if (codec.handler() instanceof Http2FrameCodec frames) {
            var connection = frames.connection();
            connection
                    .local()
                    .flowController()
                    .incrementWindowSize(connection.connectionStream(), 15 * limits.windowBytes());
            codec.flush();
        }
    }
}
