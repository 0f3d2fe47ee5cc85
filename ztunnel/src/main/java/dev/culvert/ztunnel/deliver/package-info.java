/// The last hop of an inbound connection: from the node proxy to the application, in the pod's namespace.
///
/// Confined to the loop of the connection. The application sees the address of the client where the kernel allows
/// it. It may use `policy` for the permit that each delivery needs, `sockets` and `connection`.
@NullMarked
package dev.culvert.ztunnel.deliver;

import org.jspecify.annotations.NullMarked;
