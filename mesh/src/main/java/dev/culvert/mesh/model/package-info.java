/// The mesh as a proxy sees it, as records: workloads, services, endpoints, and what they refer to.
///
/// Every type here is immutable and may be used from any thread. Values are legal once made: a decoder that
/// meets something illegal fails while it makes the record. The package knows no wire format and no index;
/// it uses `dev.culvert.api` only. The messages it mirrors are those of `istio.workload`.
@NullMarked
package dev.culvert.mesh.model;

import org.jspecify.annotations.NullMarked;
