/// Connections to backends: through a tunnel to the node proxy of an endpoint or plainly, with TLS
/// to the application if it wants that, kept and shared per destination.
///
/// Everything is confined to one event loop; each loop has its own connections. The package may use
/// `codec`, `exchange`, `upstream` and the tunnel; which endpoint is used was decided before.
@NullMarked
package dev.culvert.waypoint.connect;

import org.jspecify.annotations.NullMarked;
