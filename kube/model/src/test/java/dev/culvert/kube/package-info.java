/// Tests of the directory of manifests, on real files.
///
/// Each test is confined to its thread and its own temporary directory; it looks at the events that a
/// subscriber gets and at the problems that an operator would see.
@NullMarked
package dev.culvert.kube;

import org.jspecify.annotations.NullMarked;
