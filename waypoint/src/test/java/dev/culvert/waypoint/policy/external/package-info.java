/// Tests of the package of the same name.
///
/// Everything runs on the test's own thread, which plays the event loop.
@NullMarked
package dev.culvert.waypoint.policy.external;

import org.jspecify.annotations.NullMarked;
