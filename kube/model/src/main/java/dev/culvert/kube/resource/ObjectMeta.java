package dev.culvert.kube.resource;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What every resource has: its name, labels, owners and times. Immutable.
///
/// @param namespace         empty for a cluster-wide kind; `default` when a manifest names none
/// @param uid               never empty: derived from kind, namespace and name when a manifest has none
/// @param creationTimestamp the epoch when a manifest has none
/// @param deletionTimestamp set while the object is being deleted
/// @param generation        0 when unknown
public record ObjectMeta(
        String namespace,
        String name,
        String uid,
        Map<String, String> labels,
        Map<String, String> annotations,
        List<OwnerReference> ownerReferences,
        Instant creationTimestamp,
        @Nullable Instant deletionTimestamp,
        long generation) {
    public ObjectMeta {
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
        ownerReferences = List.copyOf(ownerReferences);
    }

    /// The label's value, or null.
    public @Nullable String label(String name) {
        return labels.get(name);
    }

    /// The annotation's value, or null.
    public @Nullable String annotation(String name) {
        return annotations.get(name);
    }

    /// The owner that controls this object, or null.
    public @Nullable OwnerReference controller() {
        return ownerReferences.stream()
                .filter(OwnerReference::controller)
                .findFirst()
                .orElse(null);
    }
}
