package dev.culvert.kube.resource;

/// An object with further settings for a Gateway or a class of them. Immutable.
///
/// @param namespace empty when the manifest names none
public record ParametersRef(String group, String kind, String namespace, String name) {}
