/// Sockets in pods: listening, connecting, and where a redirected connection wanted to go.
///
/// [dev.culvert.ztunnel.sockets.PodSockets] is the seam: production makes sockets in the pod's network namespace, a
/// test
/// makes them on loopback and says itself what the original destinations are. A socket is made on the namespace
/// thread and then confined to its event loop. It may use `config`, `loop`, `linux` and Netty; it knows nothing of
/// the mesh.
@NullMarked
package dev.culvert.ztunnel.sockets;

import org.jspecify.annotations.NullMarked;
