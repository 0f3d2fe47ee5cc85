package dev.culvert.kube;

import dev.culvert.kube.resource.ObjectMeta;

/// Names one incarnation of an object: a new object of the same name has another uid. Immutable.
///
/// @param namespace empty for a cluster-wide kind
public record ObjectRef(String namespace, String name, String uid) {
    /// The object that `metadata` belongs to.
    public static ObjectRef of(ObjectMeta metadata) {
        return new ObjectRef(metadata.namespace(), metadata.name(), metadata.uid());
    }

    @Override
    public String toString() {
        return namespace.isEmpty() ? name : namespace + "/" + name;
    }
}
