/// The traffic rules of pods and of the host: as values, and their way into the kernel.
///
/// Rules reach a namespace through `ip` and `nft` started by `nsenter`, never by a thread that has
/// changed namespace. Values are immutable; whoever applies them blocks, so control threads only.
/// May use `linux` and the constants of `api`.
@NullMarked
package dev.culvert.agent.rules;

import org.jspecify.annotations.NullMarked;
