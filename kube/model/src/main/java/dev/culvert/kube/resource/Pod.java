package dev.culvert.kube.resource;

import java.net.InetAddress;
import java.util.List;

/// A pod, as far as the mesh looks at it. Immutable.
public record Pod(ObjectMeta metadata, Spec spec, Status status) implements Resource {
    /// What was asked for.
    ///
    /// @param nodeName           empty until the pod is scheduled
    /// @param serviceAccountName `default` when the manifest has none
    public record Spec(
            String nodeName,
            String serviceAccountName,
            boolean hostNetwork,
            List<Container> containers,
            List<Container> initContainers) {
        public Spec {
            containers = List.copyOf(containers);
            initContainers = List.copyOf(initContainers);
        }
    }

    /// One container.
    ///
    /// @param restartPolicy `Always` on an init container that keeps running beside the others; else empty
    public record Container(String name, List<Port> ports, String restartPolicy) {
        public Container {
            ports = List.copyOf(ports);
        }

        /// Whether an init container of this kind runs as long as the pod does.
        public boolean restartable() {
            return restartPolicy.equals("Always");
        }
    }

    /// A port that a container declares.
    ///
    /// @param name     empty when it has none
    /// @param protocol `TCP`, `UDP` or `SCTP`
    public record Port(String name, int containerPort, String protocol) {}

    /// What is the case.
    ///
    /// @param phase  `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`; `Pending` when the manifest
    ///     has none
    /// @param podIps in the order of the status, the primary one first
    public record Status(String phase, List<InetAddress> podIps, List<Condition> conditions) {
        public Status {
            podIps = List.copyOf(podIps);
            conditions = List.copyOf(conditions);
        }
    }

    /// Whether the pod has run to its end, well or badly.
    public boolean terminal() {
        return status.phase().equals("Succeeded") || status.phase().equals("Failed");
    }

    /// Whether the pod is being deleted.
    public boolean terminating() {
        return metadata.deletionTimestamp() != null;
    }

    /// Whether the pod's Ready condition holds.
    public boolean ready() {
        return status.conditions().stream().anyMatch(c -> c.type().equals("Ready") && c.isTrue());
    }
}
