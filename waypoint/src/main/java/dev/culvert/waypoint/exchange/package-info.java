/// One HTTP exchange as values that every part of the waypoint speaks of: heads of request and response, who asks,
/// an answer of our own, and calls that the waypoint makes for itself.
///
/// Heads are mutable and confined to the event loop of their exchange; the records are immutable. The package may use
/// the wire contract and Netty's header types, and knows no other package of the waypoint.
@NullMarked
package dev.culvert.waypoint.exchange;

import org.jspecify.annotations.NullMarked;
