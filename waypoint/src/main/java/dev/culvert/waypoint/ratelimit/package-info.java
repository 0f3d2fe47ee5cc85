/// How many requests are let through: counted here, or by a service that speaks Envoy's
/// rate-limit protocol.
///
/// Limits are immutable but for their buckets, which every event loop draws from without locks: a
/// limit holds for the whole proxy. The package may use the wire contract and `exchange`; calls
/// to the service go through `exchange.InternalCalls`.
@NullMarked
package dev.culvert.waypoint.ratelimit;

import org.jspecify.annotations.NullMarked;
