/// The connections to the gRPC ports, and what may be held open without a valid token.
///
/// Everything here is thread-safe: connections come on the accepting loop, go on a loop of their
/// own, and are vouched for on gRPC's virtual threads. It may use `caller`; it knows neither
/// discovery nor certificates.
@NullMarked
package dev.culvert.controlplane.connection;

import org.jspecify.annotations.NullMarked;
