/// Connections to a pod's application: one CONNECT of a peer in the mesh, or one captured plain connection.
///
/// A flow is confined to the loop of its connection. What reaches the application was let through by policy: a
/// delivery needs the permit that only an allowed check gives. It may use every package of a lower level; it does
/// not know `outbound`.
@NullMarked
package dev.culvert.ztunnel.inbound;

import org.jspecify.annotations.NullMarked;
