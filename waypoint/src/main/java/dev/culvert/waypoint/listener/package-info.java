/// Where clients come in: tunnels on port 15008, and what is spoken inside of each.
///
/// Everything of a connection is confined to its loop. The package may use the tunnel, `world`,
/// `http` and `connect`; it knows what was addressed, and hands the inner bytes to HTTP or relays
/// them as they are.
@NullMarked
package dev.culvert.waypoint.listener;

import org.jspecify.annotations.NullMarked;
