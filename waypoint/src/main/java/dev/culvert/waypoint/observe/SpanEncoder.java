package dev.culvert.waypoint.observe;

import io.netty.buffer.ByteBuf;
import java.util.List;

/// Spans as a collector's bytes. Without state.
interface SpanEncoder {
    /// The caller's to release.
    ///
    /// @param framed with the prefix of a message of gRPC
    ByteBuf encode(List<FinishedSpan> spans, boolean framed);

    String contentType();
}
