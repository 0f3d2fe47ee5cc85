/// Tests of the package of the same name.
///
/// Each is confined to its thread; time is turned by hand.
@NullMarked
package dev.culvert.controlplane.caller;

import org.jspecify.annotations.NullMarked;
