/// The derivation of this mesh: which collections there are, which reads which, and what of them goes to node
/// proxies.
///
/// The `derive` thread owns it; snapshots and changes may be read on any thread. It may use the builders of
/// `workload` and `policy`, `config`, `derive`, and kube-model.
@NullMarked
package dev.culvert.controlplane.feed;

import org.jspecify.annotations.NullMarked;
