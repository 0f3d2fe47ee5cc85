package dev.culvert.controlplane.policy;

import dev.culvert.api.authorization.Authorization;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What became of a policy. Immutable.
///
/// @param authorization what node proxies get; null when they get nothing
/// @param verdict       what status says; null when node proxies are not concerned
public record BuiltPolicy(
        @Nullable Authorization authorization, @Nullable Acceptance verdict) {
    /// What the status condition `ZtunnelAccepted` or `WaypointAccepted` says.
    ///
    /// @param problems what could not be carried, in words; empty when all of it is judged
    public record Acceptance(boolean accepted, String reason, String message, List<String> problems) {
        public Acceptance {
            problems = List.copyOf(problems);
        }
    }
}
