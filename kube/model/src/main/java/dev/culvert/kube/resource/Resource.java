package dev.culvert.kube.resource;

/// Any resource that the mesh reads. Implementations are immutable records.
public interface Resource {
    ObjectMeta metadata();

    /// Namespace and name, unique among the resources of one kind.
    default ResourceKey key() {
        return new ResourceKey(metadata().namespace(), metadata().name());
    }
}
