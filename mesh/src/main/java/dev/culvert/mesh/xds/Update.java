package dev.culvert.mesh.xds;

import dev.culvert.mesh.state.MeshBatch;
import java.util.List;
import java.util.Map;

/// What a response came to when it was decoded.
///
/// Immutable.
///
/// @param accepted name to version, of the resources in `batch`
/// @param removed names that are no more
/// @param aliases other names by which accepted resources were asked for
/// @param rejections `name: reason` of what is not in `batch`
record Update(
        MeshBatch batch,
        Map<String, String> accepted,
        List<String> removed,
        List<String> aliases,
        List<String> rejections) {
    Update {
        accepted = Map.copyOf(accepted);
        removed = List.copyOf(removed);
        aliases = List.copyOf(aliases);
        rejections = List.copyOf(rejections);
    }
}
