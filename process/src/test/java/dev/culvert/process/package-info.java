@NullMarked
package dev.culvert.process;

import org.jspecify.annotations.NullMarked;
