/// Where pods come from: the node agent's socket, or another source in the same process.
///
/// The socket is read by one platform thread named `zds`, which waits in native calls; it hands each message to
/// the owner of the pods and answers in order. It may use `pod`, `config`, `linux` and the generated messages of
/// `api`; only the assembly uses it.
@NullMarked
package dev.culvert.ztunnel.inpod;

import org.jspecify.annotations.NullMarked;
