/// The configuration of a waypoint: one tree of records, parsed once from environment variables,
/// Istio's where it has them.
///
/// Everything here is immutable and may be read from any thread. Parsing reports all mistakes
/// together. The package may use `process`, what proxies share of `mesh`, and the settings of the
/// parts that it configures.
@NullMarked
package dev.culvert.waypoint.config;

import org.jspecify.annotations.NullMarked;
