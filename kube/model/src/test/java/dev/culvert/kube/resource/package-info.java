/// Tests of the decoders of resources, on manifests as users write them.
///
/// Each test is confined to its thread. It looks at the records that the rest of the mesh gets; what an
/// operator is told of a bad manifest is tested in the package above, with file and line.
@NullMarked
package dev.culvert.kube.resource;

import org.jspecify.annotations.NullMarked;
