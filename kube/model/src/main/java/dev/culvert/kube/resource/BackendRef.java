package dev.culvert.kube.resource;

/// Where a route sends its traffic. Immutable.
///
/// @param group     empty for the core group
/// @param kind      `Service` when the manifest has none
/// @param namespace the route's own when the manifest names none
/// @param port      0 when the manifest has none, which is no error for kinds other than Service
/// @param weight    share among the backends of a rule; 0 takes no traffic
public record BackendRef(String group, String kind, String namespace, String name, int port, int weight) {
    /// Whether it is a Kubernetes service.
    public boolean isService() {
        return group.isEmpty() && kind.equals("Service");
    }
}
