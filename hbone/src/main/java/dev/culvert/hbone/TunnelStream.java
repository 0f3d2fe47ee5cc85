package dev.culvert.hbone;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;

/// One tunnelled byte stream: bytes both ways, each direction ending by itself. Confined to its event loop.
///
/// A stream is over when both directions have ended or it was reset or failed; calls after that do nothing,
/// except that `write` still releases what it is given.
public interface TunnelStream {

    /// The loop that the stream is confined to.
    EventLoop eventLoop();

    /// Where the connection has its buffers from.
    ByteBufAllocator alloc();

    /// Who is at the other end.
    TunnelPeer peer();

    /// Whether both directions have ended, or the stream was reset or failed.
    boolean isOver();

    /// Sets who hears of the stream. What arrived before is delivered during this call. To be called once.
    void receiver(TunnelReceiver receiver);

    /// Queues bytes and takes ownership of them. A caller that goes on while not [#isWritable()] makes us hold
    /// all of it.
    void write(ByteBuf bytes);

    /// Sends what is queued, as far as the peer's windows allow.
    void flush();

    /// Whether more bytes are welcome; [TunnelReceiver#writabilityChanged()] tells of each change.
    boolean isWritable();

    /// Ends our direction once all that is queued was sent.
    void end();

    /// Ends our direction once all that is queued was sent, and then gives the stream up, so that the peer learns that
    /// nobody takes its bytes. Until then the receiver hears of what comes.
    void leave();

    /// Gives the stream up in both directions, dropping what is queued. The receiver hears nothing more.
    void reset();

    /// Lets the peer send as many bytes more. To be called when bytes that came in by `data` have left us.
    void consumed(int bytes);
}
