/// What the container runtime's plugin asks of the agent, over a unix socket.
///
/// Each request has a virtual thread of its own and may wait. May use `pod` and the plugin's
/// messages.
@NullMarked
package dev.culvert.agent.event;

import org.jspecify.annotations.NullMarked;
