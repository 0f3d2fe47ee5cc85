/// Patterns over texts, as the configuration of a waypoint names them, compiled.
///
/// Everything here is immutable, and any thread may use it. Regular expressions are RE2's, which
/// take time in proportion to the text and never more. The package may use the wire contract and
/// RE2/J, and knows no other package of the waypoint.
@NullMarked
package dev.culvert.waypoint.match;

import org.jspecify.annotations.NullMarked;
