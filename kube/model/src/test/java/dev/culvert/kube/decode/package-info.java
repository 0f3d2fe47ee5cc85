/// Tests of the package of the same name.
///
/// Each is confined to its thread.
@NullMarked
package dev.culvert.kube.decode;

import org.jspecify.annotations.NullMarked;
