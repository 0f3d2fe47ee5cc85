/// What a process of the mesh keeps on disk, private to the user that runs it: the state directory,
/// and the bearer tokens that admit proxies to the control plane.
///
/// Files are replaced atomically, so a reader in another process never sees half of one. Any thread
/// may use these classes; none of them may be called from an event loop, since they touch the disk.
/// Depends on the JDK alone.
@NullMarked
package dev.culvert.process.state;

import org.jspecify.annotations.NullMarked;
