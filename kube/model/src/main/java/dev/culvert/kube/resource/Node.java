package dev.culvert.kube.resource;

/// A machine of the cluster; its labels carry the locality. Immutable.
public record Node(ObjectMeta metadata) implements Resource {}
