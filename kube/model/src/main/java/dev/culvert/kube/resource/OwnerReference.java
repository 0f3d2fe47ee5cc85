package dev.culvert.kube.resource;

/// An object that owns this one. Immutable.
public record OwnerReference(String apiVersion, String kind, String name, String uid, boolean controller) {}
