package dev.culvert.waypoint.http;

import dev.culvert.hbone.TunnelException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.IOException;
import org.slf4j.Logger;

/// What is to be told of an exception at the end of a pipeline. Without state.
final class Unexpected {
    private Unexpected() {}

    /// Tells of a mistake of ours. That a peer goes, or sends what is no HTTP, is none.
    static void log(Logger log, Throwable cause) {
        boolean expected = cause instanceof IOException
                || cause instanceof TunnelException
                || cause instanceof Http2Exception
                || cause instanceof DecoderException;
        if (!expected) {
            log.atWarn().setCause(cause).log("connection ended by a mistake");
        }
    }
}
