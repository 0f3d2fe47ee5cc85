/// What is told of traffic: metrics, access log and spans.
///
/// Compiled configuration is immutable. An exchange is told on its own loop; everything that writes or sends does so on
/// threads of its own or through the waypoint's calls, from bounded queues that drop and count what finds no room. The
/// package may use `exchange`, the mesh's telemetry and the metric registry.
@NullMarked
package dev.culvert.waypoint.observe;

import org.jspecify.annotations.NullMarked;
