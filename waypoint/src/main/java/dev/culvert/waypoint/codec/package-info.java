/// HTTP on the wire and the values of an exchange: what is taken for a message, and what is refused
/// because two servers might read it differently.
///
/// Decoders are confined to the loop of their channel; the converters have no state. The package
/// may use `exchange` and Netty's codecs; both sides of the waypoint use it.
@NullMarked
package dev.culvert.waypoint.codec;

import org.jspecify.annotations.NullMarked;
