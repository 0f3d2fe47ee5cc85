package dev.culvert.waypoint.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;

/// One end of an exchange, whichever version of HTTP it speaks: takes the body of the message that
/// goes there, and steers the one that comes from there. Confined to the loop of the exchange.
///
/// After a switch of protocols (101) both bodies are the raw bytes of the connection, and the end
/// of one is a half-close.
public interface PeerEnd {

    /// Writes a piece of the body and takes ownership of it.
    void data(ByteBuf bytes);

    /// Ends the body.
    ///
    /// @param trailers empty for none
    void end(HttpHeaders trailers);

    /// Sends what was written.
    void flush();

    /// Whether more of the body is welcome; whoever goes on regardless makes us hold all of it.
    boolean isWritable();

    /// Whether the body that comes from this end shall be read; it is not until this is called.
    void read(boolean wanted);

    /// Gives the exchange up in both directions; nothing more is heard of this end.
    void reset();
}
