/// Event loops, and things of which each loop has one of its own.
///
/// What is made for a loop is confined to it; the makers may be called from any thread. The package knows Netty and
/// nothing else of ours.
@NullMarked
package dev.culvert.hbone.loop;

import org.jspecify.annotations.NullMarked;
