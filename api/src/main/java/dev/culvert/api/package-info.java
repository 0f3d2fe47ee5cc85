/// The wire contract of the mesh: ports, marks, header names, type URLs, labels and SPIFFE ids.
///
/// Everything here is immutable and may be used from any thread. It depends on nothing of ours; every other
/// module may depend on it. The messages generated from `src/main/proto` are in the packages beside this one.
@NullMarked
package dev.culvert.api;

import org.jspecify.annotations.NullMarked;
