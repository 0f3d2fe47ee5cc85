/// What the control plane has told a waypoint, compiled: itself, the services and workloads that it
/// serves, and what it sends to.
///
/// A snapshot is immutable and published by one volatile write of the state thread; a request reads
/// it once. The package may use `exchange`, `route`, `policy`, `upstream` and the discovery client.
@NullMarked
package dev.culvert.waypoint.world;

import org.jspecify.annotations.NullMarked;
