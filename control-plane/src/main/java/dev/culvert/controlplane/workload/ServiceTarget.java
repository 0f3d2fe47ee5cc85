package dev.culvert.controlplane.workload;

import dev.culvert.kube.resource.Service;
import dev.culvert.kube.resource.ServiceEntry;
import dev.culvert.kube.resource.TargetPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A service as workloads see it: its name, whom it selects, and its ports. Immutable.
///
/// @param selector empty when nothing is selected by labels
public record ServiceTarget(String namespace, String hostname, Map<String, String> selector, List<Port> ports) {
    public ServiceTarget {
        selector = Map.copyOf(selector);
        ports = List.copyOf(ports);
    }

    /// One TCP port. For a ServiceEntry an endpoint may say another number under the port's name.
    public record Port(String name, int number, TargetPort target, boolean ofEntry) {}

    /// The target that a Kubernetes service is.
    public static ServiceTarget of(Service service, String domain) {
        List<Port> ports = new ArrayList<>();
        for (Service.Port port : service.spec().ports()) {
            if (port.protocol().equals("TCP")) {
                ports.add(new Port(port.name(), port.port(), port.targetPort(), false));
            }
        }
        return new ServiceTarget(
                service.metadata().namespace(),
                ServiceBuilder.hostname(service, domain),
                service.spec().selector(),
                ports);
    }

    /// The target that one host of a ServiceEntry is.
    public static ServiceTarget of(ServiceEntry entry, String host) {
        List<Port> ports = new ArrayList<>();
        for (ServiceEntry.Port port : entry.ports()) {
            if (!port.protocol().equalsIgnoreCase("UDP")) {
                int target = port.targetPort() == 0 ? port.number() : port.targetPort();
                ports.add(new Port(port.name(), port.number(), new TargetPort.Numbered(target), true));
            }
        }
        return new ServiceTarget(entry.metadata().namespace(), host, entry.workloadSelector(), ports);
    }

    /// As resources name it.
    public String resourceName() {
        return namespace + "/" + hostname;
    }
}
