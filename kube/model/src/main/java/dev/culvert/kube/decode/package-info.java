/// From text to typed fields: YAML documents as trees that remember their lines, and readers that name what
/// is wrong.
///
/// Everything is confined to the call; trees are immutable. It may use the YAML parser's event stream and
/// nothing of ours. Sizes, depth and expansion of a document are bounded, so that a hostile manifest costs a
/// report, not the heap.
@NullMarked
package dev.culvert.kube.decode;

import org.jspecify.annotations.NullMarked;
