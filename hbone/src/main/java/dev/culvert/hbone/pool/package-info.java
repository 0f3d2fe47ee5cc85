/// The client side: connections to peers, kept and shared by the streams that may share them.
///
/// Everything here is confined to one event loop; there is one pool per loop, and a connection lives on the loop
/// of its pool. The package may use `hbone`, `h2` and `tls`; how a socket is made is the caller's.
@NullMarked
package dev.culvert.hbone.pool;

import org.jspecify.annotations.NullMarked;
