/// Who our workloads are: their certificates, fetched from the authority, renewed before they expire,
/// forgotten when their last pod leaves.
///
/// The `ca` thread owns the state; what the data path asks is answered from a published map, without a
/// lock. It may use `hbone.tls` for what a certificate is, the wire contract, and gRPC for the request.
@NullMarked
package dev.culvert.mesh.identity;

import org.jspecify.annotations.NullMarked;
