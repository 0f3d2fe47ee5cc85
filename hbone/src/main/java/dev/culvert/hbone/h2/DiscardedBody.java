package dev.culvert.hbone.h2;

import dev.culvert.hbone.TunnelFailure;
import dev.culvert.hbone.TunnelReceiver;
import io.netty.buffer.ByteBuf;

/// Takes the body of a request that was answered already, and drops it. Confined to its connection's loop.
final class DiscardedBody implements TunnelReceiver {
    private final Http2Stream stream;
    private final long announced;
    private long came;

    /// @param announced the request's content length, or -1 when it named none
    DiscardedBody(Http2Stream stream, long announced) {
        this.stream = stream;
        this.announced = announced;
    }

    @Override
    public void data(ByteBuf bytes) {
        int count = bytes.readableBytes();
        bytes.release();
        came += count;
        stream.consumed(count);
        if (announced >= 0 && came > announced) {
            mismatch();
        }
    }

    @Override
    public void ended() {
        if (announced >= 0 && came != announced) {
            mismatch();
        }
    }

    private void mismatch() {
        stream.connection().resetStream(stream, ErrorCode.PROTOCOL_ERROR);
    }

    @Override
    public void readComplete() {
        // nothing waits to be flushed
    }

    @Override
    public void failed(TunnelFailure failure) {
        // there is nobody to tell
    }

    @Override
    public void writabilityChanged() {
        // nothing is written
    }
}
