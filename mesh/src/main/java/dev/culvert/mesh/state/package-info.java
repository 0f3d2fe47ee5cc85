/// The world as one immutable snapshot, its one writer, and the ways to be told of a change.
///
/// The thread named `state` owns the writing; readers on any thread take the published snapshot once per
/// decision. Indexes are copy-on-write in shards, so that one change costs microseconds however large the
/// mesh is. The package uses `dev.culvert.mesh.model` and `.authz`; it knows no wire format.
@NullMarked
package dev.culvert.mesh.state;

import org.jspecify.annotations.NullMarked;
