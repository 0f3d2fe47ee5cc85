/// Where a connection goes: decisions over one snapshot of the mesh.
///
/// Decisions are pure: snapshot and connection in, decision out; chance comes in as an argument. Any thread may ask. A
/// decision that names no destination carries the reason. An [dev.culvert.ztunnel.route.Inquiry] is confined to the
/// loop
/// of its connection. The package may use the mesh's model, snapshot and questions, `flow` and `connection`; it opens
/// nothing.
@NullMarked
package dev.culvert.ztunnel.route;

import org.jspecify.annotations.NullMarked;
