package dev.culvert.kube.resource;

import java.util.Comparator;

/// Names a resource among those of its kind. Immutable.
///
/// @param namespace empty for a cluster-wide kind
public record ResourceKey(String namespace, String name) implements Comparable<ResourceKey> {
    private static final Comparator<ResourceKey> ORDER =
            Comparator.comparing(ResourceKey::namespace).thenComparing(ResourceKey::name);

    @Override
    public int compareTo(ResourceKey other) {
        return ORDER.compare(this, other);
    }

    /// `namespace/name`, or the name alone.
    @Override
    public String toString() {
        return namespace.isEmpty() ? name : namespace + "/" + name;
    }
}
