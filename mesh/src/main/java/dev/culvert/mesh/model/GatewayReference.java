package dev.culvert.mesh.model;

/// How a workload or service names its waypoint or network gateway: by hostname or by address, and the port to dial.
///
/// Immutable.
public sealed interface GatewayReference {
    /// The port on which the gateway takes HBONE.
    int hbonePort();

    /// What is referred to, printed as `namespace/hostname` or `network/ip`.
    String destination();

    /// A gateway that is a service, or a workload with that hostname.
    record ByHostname(NamespacedHostname host, int hbonePort) implements GatewayReference {
        @Override
        public String destination() {
            return host.toString();
        }
    }

    /// A gateway that is a virtual address of a service, or the address of a workload.
    record ByAddress(NetworkAddress address, int hbonePort) implements GatewayReference {
        @Override
        public String destination() {
            return address.toString();
        }
    }
}
