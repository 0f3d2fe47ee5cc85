package dev.culvert.kube;

import dev.culvert.kube.resource.Kind;
import dev.culvert.kube.resource.ResourceKey;

/// Names an object among all of a source. Immutable.
record ObjectId(Kind<?> kind, ResourceKey key) {}
