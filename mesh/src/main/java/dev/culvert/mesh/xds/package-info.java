/// Where the world comes from: the delta stream of a control plane, or a file; both decoded into batches.
///
/// The stream's callbacks run on the `state` thread; decoding happens there too, before anything is
/// applied. gRPC and generated messages end at this package's decoders. It uses `dev.culvert.mesh.state`,
/// `.model`, `.authz` and `dev.culvert.api`.
@NullMarked
package dev.culvert.mesh.xds;

import org.jspecify.annotations.NullMarked;
