/// The pods of this node: which there are, which of them are in the mesh, and how they get in and
/// out.
///
/// [dev.culvert.agent.pod.PodWatcher] has one thread, `pods`; enrolling blocks and runs on virtual
/// threads, one pod at a time each. May use `rules`, `zds` and `config`, the sources of `kube` and
/// the enrolment rule of the plugin.
@NullMarked
package dev.culvert.agent.pod;

import org.jspecify.annotations.NullMarked;
