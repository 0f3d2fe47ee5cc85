package dev.culvert.kube.resource;

/// What a route is attached to. Immutable.
///
/// @param namespace   the route's own when the manifest names none
/// @param sectionName the listener of a Gateway or the named port of a service; empty for all
/// @param port        0 for all
public record ParentRef(String group, String kind, String namespace, String name, String sectionName, int port) {
    /// Whether it is a Kubernetes service, which makes the route one of the mesh.
    public boolean isService() {
        return group.isEmpty() && kind.equals("Service");
    }

    /// Whether it is a service that is declared by hand.
    public boolean isServiceEntry() {
        return group.equals("networking.istio.io") && kind.equals("ServiceEntry");
    }

    boolean sameObject(ParentRef other) {
        return group.equals(other.group)
                && kind.equals(other.kind)
                && namespace.equals(other.namespace)
                && name.equals(other.name);
    }
}
