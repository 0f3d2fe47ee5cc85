/// What flows are given: the shared things of the process, those of a loop, and those of a pod.
///
/// The records are immutable; what a [dev.culvert.ztunnel.flow.LoopState] holds is confined to its loop. Nothing here
/// decides anything. It may use `connection`, `sockets`, `config`, `loop`, the mesh's state and the tunnel's pool.
@NullMarked
package dev.culvert.ztunnel.flow;

import org.jspecify.annotations.NullMarked;
