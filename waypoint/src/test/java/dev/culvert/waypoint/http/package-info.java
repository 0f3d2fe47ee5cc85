/// Tests of what becomes of one request, and what they share.
@NullMarked
package dev.culvert.waypoint.http;

import org.jspecify.annotations.NullMarked;
