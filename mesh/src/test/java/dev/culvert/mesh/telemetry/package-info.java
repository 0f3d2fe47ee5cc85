@NullMarked
package dev.culvert.mesh.telemetry;

import org.jspecify.annotations.NullMarked;
