package dev.culvert.testkit.netns;

import java.nio.file.Path;
import java.util.List;

/// A running pod of a lab: its namespace, addresses and the node it is on.
///
/// Immutable; sockets inside it are made by [PodSockets].
public record LabPod(PodSpec spec, String uid, String netns, LabNode node, List<String> addresses, String addResult) {
    public LabPod {
        addresses = List.copyOf(addresses);
    }

    /// The pod's first IPv4 address.
    public String ipv4() {
        return addresses.stream()
                .filter(address -> !address.contains(":"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(spec.name() + " has no IPv4 address: " + addresses));
    }

    /// The pod's first IPv6 address.
    public String ipv6() {
        return addresses.stream()
                .filter(address -> address.contains(":"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(spec.name() + " has no IPv6 address: " + addresses));
    }

    /// Where its network namespace is bound.
    public Path netnsPath() {
        return Lab.NETNS_DIR.resolve(netns);
    }

    /// Runs a program inside the pod's network namespace.
    public Shell.Result exec(String... command) {
        return Shell.attempt(java.util.Map.of(), "", Shell.inside(netns, command));
    }
}
