package dev.culvert.mesh.xds;

import dev.culvert.api.discovery.DeltaDiscoveryResponse;

/// Takes in what the control plane tells of one type of resources. Called on the state thread.
public interface ResourceHandler {
    /// The type, as the control plane names it.
    String typeUrl();

    /// Decodes, applies and publishes a response; a bad resource rejects itself only.
    Applied apply(DeltaDiscoveryResponse response);

    /// Whether resources are asked for one by one, and not all at once.
    default boolean onDemand() {
        return false;
    }
}
