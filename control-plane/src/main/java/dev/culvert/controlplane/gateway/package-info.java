/// Waypoints: which one an object uses, and what each of them is told of services, routes, endpoints and
/// policies.
///
/// Pure functions of immutable values, used on the `derive` thread. What is not understood becomes an error
/// that the waypoint answers, never something that is left out. It may use kube-model, config, policy's and
/// workload's values, and the wire contracts.
@NullMarked
package dev.culvert.controlplane.gateway;

import org.jspecify.annotations.NullMarked;
