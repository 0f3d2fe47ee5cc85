package dev.culvert.kube.resource;

import java.util.Map;

/// Whether workloads accept plain connections (security.istio.io). Immutable.
///
/// @param selector labels of the workloads it is for; empty for all of the namespace
/// @param mode     [Mode#UNSET] inherits
/// @param portModes by port of the pod
public record PeerAuthentication(
        ObjectMeta metadata, Map<String, String> selector, Mode mode, Map<Integer, Mode> portModes)
        implements Resource {
    public PeerAuthentication {
        selector = Map.copyOf(selector);
        portModes = Map.copyOf(portModes);
    }

    /// What a workload accepts.
    public enum Mode {
        UNSET,
        DISABLE,
        PERMISSIVE,
        STRICT
    }
}
