package dev.culvert.ztunnel.relay;

import io.netty.buffer.ByteBuf;

/// One end of a relay: where bytes come from, and where the other end's bytes go. Confined to its loop.
///
/// The calls below come from the [Relay]. What an end has to tell, it tells the relay that it was joined to.
sealed interface RelayEnd permits TcpEnd, TunnelEnd {

    /// Makes this an end of `relay`; what came before is told during this call.
    void join(Relay relay);

    /// Takes bytes and owns them.
    void write(ByteBuf bytes);

    /// Sends what was written.
    void flush();

    /// Whether more bytes are welcome.
    boolean isWritable();

    /// Reads on, or stops reading.
    void reading(boolean on);

    /// That many of the bytes that came from this end have left the other, or were dropped.
    void left(int bytes);

    /// No more bytes come: passes the end on after what was written, then says [Relay#ended(RelayEnd)].
    void finish();

    /// The relay is over, both directions being done.
    void close();

    /// The relay is over before its time.
    void abort();
}
