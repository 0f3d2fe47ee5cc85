package dev.culvert.mesh.xds;

import java.util.List;
import java.util.Map;

/// What became of the resources of a response. Immutable.
///
/// @param accepted name to version
/// @param removed names that are no more
/// @param aliases other names by which accepted resources were asked for
/// @param rejections `name: reason` of what is not taken
public record Applied(
        Map<String, String> accepted, List<String> removed, List<String> aliases, List<String> rejections) {
    public Applied {
        accepted = Map.copyOf(accepted);
        removed = List.copyOf(removed);
        aliases = List.copyOf(aliases);
        rejections = List.copyOf(rejections);
    }
}
