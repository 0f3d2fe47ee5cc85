/// Who may do what at a waypoint: authorization policies, tokens and external authorizers in the
/// order of Istio.
///
/// What is compiled is immutable and shared by all loops; a request is judged on the loop of its
/// exchange, with what
/// `PolicyRuntime` holds for that loop, and nothing blocks. Protobuf ends here:
/// `PolicySet.compile` and
/// `PolicyEnvironment.of` are the only readers of it. The package may use `exchange`, its own
/// sub-packages, the mesh
/// model and the wire contract; it knows no connection, no route and no cluster.
@NullMarked
package dev.culvert.waypoint.policy;

import org.jspecify.annotations.NullMarked;
