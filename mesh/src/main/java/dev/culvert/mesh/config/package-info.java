/// What every proxy of ours is told about the control plane, its own machine and its log, read from Istio's
/// environment variables.
///
/// The records are immutable and may be read from any thread; the readers are used once, by the thread that starts
/// the process. Mistakes are gathered in the settings that are read. The package may use `process` and `channel`.
@NullMarked
package dev.culvert.mesh.config;

import org.jspecify.annotations.NullMarked;
