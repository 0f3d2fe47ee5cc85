/// Requests of clients: the server's end of HTTP/1.1 and HTTP/2 inside of a tunnel, and what
/// becomes of one request.
///
/// Everything of a connection is confined to its loop. The package may use `codec`, `exchange`,
/// `connect`, `world`, and the parts that judge, route and choose; the listener hands it a channel.
@NullMarked
package dev.culvert.waypoint.http;

import org.jspecify.annotations.NullMarked;
