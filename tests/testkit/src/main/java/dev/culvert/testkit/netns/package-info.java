/// Nodes and pods as network namespaces of this machine, wired by the real CNI chain.
///
/// Everything a lab makes carries the lab's name, so that a later start can clean up after one that was killed.
/// All traffic stays inside the lab's namespaces. Used from test threads; a lab is thread-safe where its docs say so.
@NullMarked
package dev.culvert.testkit.netns;

import org.jspecify.annotations.NullMarked;
