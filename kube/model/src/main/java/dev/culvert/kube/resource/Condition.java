package dev.culvert.kube.resource;

import java.time.Instant;

/// One observation in a resource's status. Immutable.
///
/// @param status             `True`, `False` or `Unknown`
/// @param observedGeneration 0 when unknown
/// @param lastTransitionTime when `status` last changed; the epoch when unknown
public record Condition(
        String type,
        String status,
        String reason,
        String message,
        long observedGeneration,
        Instant lastTransitionTime) {
    /// Whether `status` is `True`.
    public boolean isTrue() {
        return status.equals("True");
    }

    /// Whether the two say the same, whenever they began to say it.
    public boolean saysSameAs(Condition other) {
        return type.equals(other.type)
                && status.equals(other.status)
                && reason.equals(other.reason)
                && message.equals(other.message)
                && observedGeneration == other.observedGeneration;
    }
}
