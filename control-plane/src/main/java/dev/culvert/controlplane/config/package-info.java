/// The mesh configuration: what operators set for the whole mesh, read from the ConfigMap `istio` and the
/// environment.
///
/// Values are immutable. Reading is confined to the `derive` thread or the one that starts the process;
/// mistakes are reported and the rest of the configuration stays in force. It may use kube-model and process.
@NullMarked
package dev.culvert.controlplane.config;

import org.jspecify.annotations.NullMarked;
