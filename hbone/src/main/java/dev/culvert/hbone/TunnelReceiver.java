package dev.culvert.hbone;

import io.netty.buffer.ByteBuf;

/// Who hears of a tunnel stream. All calls come on the stream's event loop.
public interface TunnelReceiver {

    /// Bytes came; the receiver owns them and must say [TunnelStream#consumed(int)] when they have left it.
    void data(ByteBuf bytes);

    /// No more bytes are at hand for now: the moment to flush.
    void readComplete();

    /// The peer ended its direction; no more `data` follows. Our direction stays open.
    void ended();

    /// The stream is over in both directions; nothing follows. A [TunnelFailure.StreamReset] may be a clean end.
    void failed(TunnelFailure failure);

    /// [TunnelStream#isWritable()] changed.
    void writabilityChanged();
}
