/// The discovery server: delta ADS for node proxies.
///
/// A `ResourceTable` per type has one writer and any number of lock-free readers. Each client's
/// stream is confined to its own synchronization context, which runs on virtual threads; a push
/// wakes it at most once until it has run. The package may use `api`, the package `caller` and
/// gRPC; it knows messages by name, version and bytes, not by meaning.
@NullMarked
package dev.culvert.controlplane.xds;

import org.jspecify.annotations.NullMarked;
