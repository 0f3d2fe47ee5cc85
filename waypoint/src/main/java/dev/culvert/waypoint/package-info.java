/// The waypoint: the L7 proxy that the services of a namespace share, and its assembly.
///
/// [dev.culvert.waypoint.WaypointApp] puts the parts together, on the thread that starts the
/// process; what it makes is confined to loops or thread-safe, as each part says. Nothing uses this
/// package.
@NullMarked
package dev.culvert.waypoint;

import org.jspecify.annotations.NullMarked;
