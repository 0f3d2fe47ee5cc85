/// Linux by native calls: network namespaces, owned descriptors, socket options, SEQPACKET sockets.
///
/// The only package that makes native calls (JNA direct mapping; Netty's unix channel options).
/// Each class says which thread may use it; only [dev.culvert.linux.NetnsThread] ever changes a
/// thread's namespace. It depends on nothing else of ours, and failures come as
/// [dev.culvert.linux.LinuxException], which names the call, the errno and what to check.
@NullMarked
package dev.culvert.linux;

import org.jspecify.annotations.NullMarked;
