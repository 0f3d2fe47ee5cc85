package dev.culvert.controlplane.derive;

import java.util.List;

/// What one batch of input changed in one type. Immutable. Each name occurs once, in one of the
/// lists.
///
/// @param snapshot the state after the change
/// @param upserts  new resources, and those whose version differs
/// @param removals names that are gone
public record ResourceChange(
        String typeUrl, ResourceSnapshot snapshot, List<XdsResource> upserts, List<String> removals) {
    public ResourceChange {
        upserts = List.copyOf(upserts);
        removals = List.copyOf(removals);
    }
}
