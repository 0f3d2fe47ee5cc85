/// The accepting side: what makes an accepted channel of port 15008 a tunnel connection, and drains it.
///
/// An `HboneServer` is thread-safe, as a listener's children may live on several loops; what it installs is
/// confined to the loop of its channel. The package may use `hbone`, `h2` and `tls`; listening is the caller's.
@NullMarked
package dev.culvert.hbone.server;

import org.jspecify.annotations.NullMarked;
