/// Tests of the whole waypoint in one process, and what they share.
@NullMarked
package dev.culvert.waypoint;

import org.jspecify.annotations.NullMarked;
