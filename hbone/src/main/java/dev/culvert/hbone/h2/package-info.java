/// HTTP/2 as far as tunnels need it: one connection, its CONNECT streams, its flow control, its limits.
///
/// Everything here is confined to the event loop of one connection. A stream is an object, not a channel. The
/// package may use `hbone`, `hbone.header` and Netty's HPACK; TLS and sockets are below it and unknown to it.
@NullMarked
package dev.culvert.hbone.h2;

import org.jspecify.annotations.NullMarked;
