package dev.culvert.controlplane.status;

import dev.culvert.controlplane.policy.BuiltPolicy;
import dev.culvert.kube.resource.AuthorizationPolicy;

/// What became of a policy. Immutable.
///
/// @param result of a verdict that is null the old condition is to go
public record PolicyStatus(AuthorizationPolicy policy, BuiltPolicy result) {}
