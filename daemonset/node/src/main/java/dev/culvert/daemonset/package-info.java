/// Node agent and node proxy in one process, joined by a feed of pods instead of a socket.
///
/// Here is the assembly; it runs on the process's main thread. It may use the agent, the proxy, and
/// what both stand on.
@NullMarked
package dev.culvert.daemonset;

import org.jspecify.annotations.NullMarked;
