/// Which rule a request or a connection takes, and where that sends it.
///
/// Tables are compiled once per configuration and immutable; deciding is pure, and any thread may
/// ask. Messages of the control plane end here: what the tables hand out are values. The package
/// may use the wire contract, `exchange`, `match`, `filter` and `fault`.
@NullMarked
package dev.culvert.waypoint.route;

import org.jspecify.annotations.NullMarked;
