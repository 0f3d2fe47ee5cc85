/// Where a connection goes: decisions over one snapshot of the mesh.
///
/// Everything here is pure: snapshot and connection in, decision out; chance comes in as an argument. Any thread may
/// ask. A decision that names no destination carries the reason. It may use the mesh's model and snapshot and
/// `connection`; it opens nothing.
@NullMarked
package dev.culvert.ztunnel.route;

import org.jspecify.annotations.NullMarked;
