/// Whether a connection may be: guards against loops, the gate before the application, the watch over open ones.
///
/// Judging is pure and comes from the mesh's authorizer; what is registered for later is confined to the loop of the
/// connection. Only the gate makes a [dev.culvert.ztunnel.policy.Permit], and only with a permit is anything
/// delivered. It may use `connection`, `flow` and the mesh's state and authorizer.
@NullMarked
package dev.culvert.ztunnel.policy;

import org.jspecify.annotations.NullMarked;
