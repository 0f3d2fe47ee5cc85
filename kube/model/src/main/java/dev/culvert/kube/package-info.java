/// Where Kubernetes resources come from: a source that lists and then watches, and a writer for what the mesh
/// writes back.
///
/// A source owns one thread; its subscribers are called on an executor that they name. This package holds the
/// directory of manifests that stands for an API server; the API server itself is in another module behind
/// the same interfaces. It may use `decode` and `resource`, the YAML parser and nothing of fabric8.
@NullMarked
package dev.culvert.kube;

import org.jspecify.annotations.NullMarked;
