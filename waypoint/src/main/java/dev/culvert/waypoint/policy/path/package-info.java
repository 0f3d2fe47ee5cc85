/// The target of a request and the name of its host in the one form that is matched and
/// forwarded.
///
/// Everything is immutable and pure; any thread may ask. What two servers could read in two ways
/// is refused with a
/// reason. The matcher of path templates is here too, since it judges such a path; it is linear
/// and never a regular
/// expression. The package may use `exchange` for its refusals and nothing else of the waypoint.
@NullMarked
package dev.culvert.waypoint.policy.path;

import org.jspecify.annotations.NullMarked;
