package dev.culvert.kube.resource;

/// A namespace. Immutable.
public record Namespace(ObjectMeta metadata) implements Resource {}
