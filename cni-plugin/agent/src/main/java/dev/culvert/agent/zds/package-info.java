/// Who wants to know of this node's pods: the interface that they implement, and Istio's socket
/// protocol for it.
///
/// [dev.culvert.agent.zds.PodSink] may be called by any thread. The server sits in native calls, so
/// it has platform threads of its own, `zds` and one per connection. May use `linux` and the
/// messages of `api`.
@NullMarked
package dev.culvert.agent.zds;

import org.jspecify.annotations.NullMarked;
