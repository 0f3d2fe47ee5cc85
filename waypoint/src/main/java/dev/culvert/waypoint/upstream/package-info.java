/// Where a request can be sent: clusters, their endpoints, and how one endpoint is chosen.
///
/// Clusters and policies are immutable and compiled once a change; what is counted while requests run (requests in
/// flight, ejections) is thread-safe, belongs to an endpoint or a cluster, and outlives changes of configuration. The
/// package opens nothing and knows no channel; it may use the wire contract and `exchange`.
@NullMarked
package dev.culvert.waypoint.upstream;

import org.jspecify.annotations.NullMarked;
