package dev.culvert.kube;

import dev.culvert.kube.resource.Kind;
import dev.culvert.kube.resource.Resource;

/// One step in a subscriber's view of the cluster. Immutable.
public sealed interface ResourceEvent {
    /// Which kind of resource this is about.
    Kind<?> kind();

    /// The resource is new to the subscriber.
    record Added(Kind<?> kind, Resource resource) implements ResourceEvent {}

    /// The resource is `resource` now and was `before`.
    record Modified(Kind<?> kind, Resource before, Resource resource) implements ResourceEvent {}

    /// The resource is gone; `resource` is its last known state.
    record Deleted(Kind<?> kind, Resource resource) implements ResourceEvent {}

    /// Everything of this kind that existed when the subscription began has been delivered. Once per kind.
    record Synced(Kind<?> kind) implements ResourceEvent {}
}
