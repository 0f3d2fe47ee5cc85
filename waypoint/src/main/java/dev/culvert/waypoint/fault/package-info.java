/// Faults that are injected on purpose: which requests are delayed or aborted, and how.
///
/// Pure and immutable; any thread may ask. To wait and to answer is the caller's. The package may
/// use the wire contract and `exchange`.
@NullMarked
package dev.culvert.waypoint.fault;

import org.jspecify.annotations.NullMarked;
