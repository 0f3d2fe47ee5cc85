package dev.culvert.kube.resource;

import java.util.List;

/// Part of the endpoints of a service. Immutable.
///
/// @param addressType `IPv4`, `IPv6` or `FQDN`
public record EndpointSlice(ObjectMeta metadata, String addressType, List<Endpoint> endpoints, List<Port> ports)
        implements Resource {
    /// The label that names the service of a slice.
    public static final String SERVICE_LABEL = "kubernetes.io/service-name";

    public EndpointSlice {
        endpoints = List.copyOf(endpoints);
        ports = List.copyOf(ports);
    }

    /// One endpoint.
    ///
    /// @param ready  true also when the slice does not say
    /// @param target what stands behind the address; all fields empty when the slice does not say
    public record Endpoint(List<String> addresses, boolean ready, Target target, String nodeName) {
        public Endpoint {
            addresses = List.copyOf(addresses);
        }
    }

    /// A reference to the object behind an endpoint.
    ///
    /// @param uid empty when the slice does not say
    public record Target(String kind, String namespace, String name, String uid) {
        static final Target NONE = new Target("", "", "", "");
    }

    /// One port of all endpoints.
    ///
    /// @param port 0 when the slice means all ports
    public record Port(String name, String protocol, int port) {}
}
