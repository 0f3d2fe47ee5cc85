/// The resources of Kubernetes, the Gateway API, Istio and our own that the mesh reads, as records, with
/// the decoder of each.
///
/// Values are immutable and may be used on any thread. Decoding is strict about types and lenient about
/// fields that the mesh does not read, since API servers add fields. It may use `decode` alone;
/// [dev.culvert.kube.resource.Kinds] lists the kinds, and a new kind is a record, a decoder and a line in
/// that list.
@NullMarked
package dev.culvert.kube.resource;

import org.jspecify.annotations.NullMarked;
