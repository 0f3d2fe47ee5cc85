package dev.culvert.kube.resource;

import java.util.List;
import java.util.Map;

/// Services that are declared by hand, in the mesh or out of it (networking.istio.io). Immutable.
///
/// @param addresses        IP addresses or CIDR blocks, as written
/// @param endpoints        written inside the entry
/// @param workloadSelector labels of the pods and WorkloadEntries behind it; empty when it has none
/// @param autoAddresses    addresses that a controller gave to the hosts
public record ServiceEntry(
        ObjectMeta metadata,
        List<String> hosts,
        List<String> addresses,
        List<Port> ports,
        Resolution resolution,
        List<WorkloadEntry.Endpoint> endpoints,
        Map<String, String> workloadSelector,
        List<String> exportTo,
        List<String> subjectAltNames,
        List<AutoAddress> autoAddresses,
        List<Condition> conditions)
        implements Resource {
    public ServiceEntry {
        hosts = List.copyOf(hosts);
        addresses = List.copyOf(addresses);
        ports = List.copyOf(ports);
        endpoints = List.copyOf(endpoints);
        workloadSelector = Map.copyOf(workloadSelector);
        exportTo = List.copyOf(exportTo);
        subjectAltNames = List.copyOf(subjectAltNames);
        autoAddresses = List.copyOf(autoAddresses);
        conditions = List.copyOf(conditions);
    }

    /// How the endpoints' addresses are found.
    public enum Resolution {
        NONE,
        STATIC,
        DNS,
        DNS_ROUND_ROBIN,
        DYNAMIC_DNS
    }

    /// One port.
    ///
    /// @param targetPort 0 when it is the same
    public record Port(int number, String protocol, String name, int targetPort) {}

    /// An address that stands for `host`.
    ///
    /// @param host empty when it stands for all
    public record AutoAddress(String host, String value) {}
}
