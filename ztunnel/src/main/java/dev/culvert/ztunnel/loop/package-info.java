/// What there is once for each event loop of the data path.
///
/// A [dev.culvert.ztunnel.loop.PerLoop] is immutable; what it holds is confined to the loop that it is held for. This
/// is how the parts of the data path share without locks: each finds the thing of its own loop. It may use Netty
/// alone; every other package of this module may use it.
@NullMarked
package dev.culvert.ztunnel.loop;

import org.jspecify.annotations.NullMarked;
