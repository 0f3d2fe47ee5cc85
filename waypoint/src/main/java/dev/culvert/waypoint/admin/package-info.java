/// What the process's own HTTP ports serve: readiness, metrics, and what the waypoint knows.
///
/// Pages are answered on virtual threads from immutable snapshots. The package may use `world` and
/// `process`.
@NullMarked
package dev.culvert.waypoint.admin;

import org.jspecify.annotations.NullMarked;
