package dev.culvert.controlplane.status;

import dev.culvert.controlplane.policy.BuiltPolicy.Acceptance;
import dev.culvert.kube.resource.AuthorizationPolicy;
import org.jspecify.annotations.Nullable;

/// What became of a policy at the node proxies. Immutable.
///
/// @param verdict null when they are not concerned, so that an old condition is to go
public record PolicyStatus(
        AuthorizationPolicy policy, @Nullable Acceptance verdict) {}
