package dev.culvert.kube.resource;

/// What a policy is attached to. Immutable.
///
/// @param group     empty for the core group
/// @param namespace the policy's own: policies of other namespaces do not attach
public record TargetRef(String group, String kind, String namespace, String name) {
    /// Whether it is a Kubernetes service.
    public boolean isService() {
        return group.isEmpty() && kind.equals("Service");
    }

    /// Whether it is a service that is declared by hand.
    public boolean isServiceEntry() {
        return group.equals("networking.istio.io") && kind.equals("ServiceEntry");
    }

    /// Whether it is a Gateway, which a waypoint is.
    public boolean isGateway() {
        return group.equals("gateway.networking.k8s.io") && kind.equals("Gateway");
    }

    /// Whether it is a class of Gateways.
    public boolean isGatewayClass() {
        return group.equals("gateway.networking.k8s.io") && kind.equals("GatewayClass");
    }
}
