/// The pods that this process serves: listeners and flows of each, and the one set that owns them.
///
/// The set and its pods are confined to the `pods` thread; a pod's listeners and connections live on event loops
/// and are reached by message. It may use every package below it: `outbound`, `inbound`, `dns`, `capture`,
/// `connection`, `sockets`, `config`; not `inpod`, `admin` or the assembly.
@NullMarked
package dev.culvert.ztunnel.pod;

import org.jspecify.annotations.NullMarked;
