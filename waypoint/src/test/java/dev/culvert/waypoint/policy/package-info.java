/// Tests of L7 policy: tables for each attribute, a reference model, known ways round.
///
/// Everything runs on the test's own thread, which plays the event loop.
@NullMarked
package dev.culvert.waypoint.policy;

import org.jspecify.annotations.NullMarked;
