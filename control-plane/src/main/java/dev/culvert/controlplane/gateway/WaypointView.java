package dev.culvert.controlplane.gateway;

import dev.culvert.api.workload.GatewayAddress;
import dev.culvert.kube.resource.Gateway.AllowedNamespaces;
import dev.culvert.kube.resource.ResourceKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A Gateway as those see it who might use it as their waypoint. Immutable.
///
/// @param ours      whether its class is a waypoint's, so that we run it
/// @param className of its GatewayClass
/// @param address   null while it has none
/// @param traffic   which kinds it takes
/// @param allowed   from which namespaces
/// @param places    every address and name it is known by, as in `10.0.0.1` or `ns/host`
public record WaypointView(
        ResourceKey key,
        boolean ours,
        String className,
        @Nullable GatewayAddress address,
        Traffic traffic,
        AllowedNamespaces allowed,
        List<String> places) {
    public WaypointView {
        places = List.copyOf(places);
    }

    /// Whose addresses may lead through a waypoint.
    public enum Traffic {
        SERVICE,
        WORKLOAD,
        ALL,
        NONE;

        /// Whether `other`, which is one kind, is among it.
        public boolean takes(Traffic other) {
            return this == ALL || this == other;
        }
    }
}
