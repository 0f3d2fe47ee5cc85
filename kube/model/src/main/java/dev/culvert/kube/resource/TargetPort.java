package dev.culvert.kube.resource;

/// Where a service port leads in the pod: a number, or the name of a container's port. Immutable.
public sealed interface TargetPort {
    record Numbered(int port) implements TargetPort {}

    record Named(String name) implements TargetPort {}
}
