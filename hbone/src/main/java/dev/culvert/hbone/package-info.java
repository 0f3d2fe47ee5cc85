/// The tunnel as values and interfaces: a CONNECT exchange, a stream of bytes, and what may become of them.
///
/// Values here are immutable; the interfaces are confined to the event loop of the connection that they belong
/// to. [TunnelChannel] is a stream as a Netty channel. The implementations are in the sub-packages: `h2` (the
/// connection), `tls` (who the ends are), `pool` (the client side), `server` (the accepting side) and `header` (the
/// text of header fields). This package may use `header`, the wire contract and Netty's buffers, loops and channels;
/// the sub-packages may use it, never the reverse.
@NullMarked
package dev.culvert.hbone;

import org.jspecify.annotations.NullMarked;
