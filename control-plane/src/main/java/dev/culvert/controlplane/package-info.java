/// The control plane's process: its settings, its assembly and its ports.
///
/// `Main` starts it, `ControlPlaneApp` wires it; both belong to the thread that starts the process.
/// The ports are served by gRPC on virtual threads and by the HTTP endpoint. This package may use
/// every other package of the module; none of them may use it.
@NullMarked
package dev.culvert.controlplane;

import org.jspecify.annotations.NullMarked;
