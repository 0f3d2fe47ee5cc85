/// The node proxy as a process: what it is put together from, in which order it starts, and how it ends.
///
/// The assembly runs on the thread that starts the process, and is the only place that constructs across packages;
/// everything that it makes says which thread owns it. It may use every package of this module.
@NullMarked
package dev.culvert.ztunnel;

import org.jspecify.annotations.NullMarked;
