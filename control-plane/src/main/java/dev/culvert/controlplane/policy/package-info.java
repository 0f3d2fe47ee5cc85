/// Policies as node proxies judge them: AuthorizationPolicy and PeerAuthentication become L4 authorizations.
///
/// Pure functions of immutable values, used on the `derive` thread. A policy that cannot be carried in full
/// becomes stricter, never laxer, and says so in its status. It may use kube-model, config, and the wire
/// contract.
@NullMarked
package dev.culvert.controlplane.policy;

import org.jspecify.annotations.NullMarked;
