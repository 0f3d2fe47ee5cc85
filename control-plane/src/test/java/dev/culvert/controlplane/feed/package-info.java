/// Tests of the package of the same name.
///
/// Each is confined to its thread unless it says otherwise; inputs are manifests as an operator writes them.
@NullMarked
package dev.culvert.controlplane.feed;

import org.jspecify.annotations.NullMarked;
