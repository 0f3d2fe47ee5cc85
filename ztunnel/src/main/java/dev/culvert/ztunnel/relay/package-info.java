/// Bytes between the two ends of a connection: two directions, each bounded, each ending by itself.
///
/// Everything here is confined to the one event loop that both ends live on. An end is a TCP channel or a tunnel
/// stream; what is read from one is written to the other at once, and reading stops while the other is not
/// writable. It may use `connection`, the tunnel's stream interfaces and Netty; it knows nothing of policy or routes.
@NullMarked
package dev.culvert.ztunnel.relay;

import org.jspecify.annotations.NullMarked;
