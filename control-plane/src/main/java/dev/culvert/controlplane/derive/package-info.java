/// Derivation: pure functions from collections of resources to collections of results, recomputed
/// by dependency.
///
/// One thread, `derive`, owns every collection and does all computing; what it publishes
/// (snapshots, changes) is immutable and may be read on any thread. The xDS server reads
/// [dev.culvert.controlplane.derive.ResourceFeed] and nothing else of this. It may use protobuf and
/// the JDK; it knows no kind of resource.
@NullMarked
package dev.culvert.controlplane.derive;

import org.jspecify.annotations.NullMarked;
