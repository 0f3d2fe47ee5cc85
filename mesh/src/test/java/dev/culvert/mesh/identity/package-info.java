@NullMarked
package dev.culvert.mesh.identity;

import org.jspecify.annotations.NullMarked;
