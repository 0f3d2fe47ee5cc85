package dev.culvert.mesh.xds;

import dev.culvert.mesh.state.MeshBatch;

/// What a response came to when it was decoded.
///
/// Immutable.
///
/// @param batch of what was accepted and what was removed
record Update(MeshBatch batch, Applied applied) {}
