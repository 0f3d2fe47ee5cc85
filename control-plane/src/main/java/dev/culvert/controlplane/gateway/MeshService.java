package dev.culvert.controlplane.gateway;

import dev.culvert.api.workload.Port;
import dev.culvert.api.workload.Service;
import dev.culvert.controlplane.workload.ServiceTarget;
import dev.culvert.kube.resource.ResourceKey;
import org.jspecify.annotations.Nullable;

/// A service of the mesh: what node proxies know of it, and what it is made from. Immutable.
///
/// @param object  its Service, or the ServiceEntry that declares it
/// @param entry   whether it is declared by a ServiceEntry
/// @param binding its waypoints
public record MeshService(Service message, ServiceTarget target, ResourceKey object, boolean entry, Binding binding) {
    /// Its resource's name, `namespace/hostname`.
    public String name() {
        return target.resourceName();
    }

    /// The port of this number, or null.
    public @Nullable Port port(int number) {
        return message.getPortsList().stream()
                .filter(port -> port.getServicePort() == number)
                .findFirst()
                .orElse(null);
    }

    /// The name of a port; empty when it has none.
    public String portName(int number) {
        return target.ports().stream()
                .filter(port -> port.number() == number)
                .map(ServiceTarget.Port::name)
                .findFirst()
                .orElse("");
    }
}
