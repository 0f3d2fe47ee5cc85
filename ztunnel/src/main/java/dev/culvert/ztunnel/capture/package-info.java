/// The listeners in a pod: each hands what it accepts to a function that it was given.
///
/// Handlers run on the loop of the accepted channel, where all else of the connection happens too. A captured channel
/// arrives with reading switched off. The listeners know nothing of what becomes of a connection. The package may use
/// `connection` and `sockets`.
@NullMarked
package dev.culvert.ztunnel.capture;

import org.jspecify.annotations.NullMarked;
