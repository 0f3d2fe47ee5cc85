/// What a route does to a request before it goes on, and to the response before it goes back.
///
/// Filters are immutable and any thread may use them; what they change (a head) is confined to
/// the event loop of its exchange. Nothing here does I/O: mirroring is a decision that the caller
/// carries out. The package may use the wire contract, `exchange` and `match`.
@NullMarked
package dev.culvert.waypoint.filter;

import org.jspecify.annotations.NullMarked;
