/// External authorizers by Envoy's ext_authz, over gRPC and over plain HTTP.
///
/// An authorizer is immutable; it asks on the loop of the exchange by `InternalCalls`, and its
/// stage completes on the
/// same loop. Whatever is not a clear yes is a no, unless the provider says fail open, and then
/// only for errors. The
/// package may use `exchange` and the messages of the wire contract; protobuf does not leave it.
@NullMarked
package dev.culvert.waypoint.policy.external;

import org.jspecify.annotations.NullMarked;
