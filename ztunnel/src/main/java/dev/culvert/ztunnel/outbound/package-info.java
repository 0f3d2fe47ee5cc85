/// Connections that a pod's application makes: captured, decided, dialled, relayed, ended.
///
/// A flow is confined to the loop that accepted its connection. Each kind of decision has a class of its own that
/// dials; the flow owns the order of the steps and the connection's one end. It may use every package of a lower
/// level; it does not know `inbound`.
@NullMarked
package dev.culvert.ztunnel.outbound;

import org.jspecify.annotations.NullMarked;
