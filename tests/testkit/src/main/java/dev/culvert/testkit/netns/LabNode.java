package dev.culvert.testkit.netns;

import java.nio.file.Path;

/// One node of a lab: a network namespace with its own pod ranges and directories. Immutable.
public record LabNode(String name, int index, String netns, Path directory) {
    /// The node's address on the network between nodes.
    public String ipv4() {
        return "10.50.0." + (10 + index);
    }

    /// The node's IPv6 address on the network between nodes.
    public String ipv6() {
        return "fd50::" + (10 + index);
    }

    /// The range that the node's pods get IPv4 addresses from.
    public String podRange4() {
        return "10.60." + index + ".0/24";
    }

    /// The range that the node's pods get IPv6 addresses from.
    public String podRange6() {
        return "fd60:" + index + "::/64";
    }

    /// Run directory of the node agent: its sockets and its pod records.
    public Path agentDirectory() {
        return directory.resolve("agent");
    }

    /// Runs a program inside the node's network namespace.
    public Shell.Result exec(String... command) {
        return Shell.attempt(java.util.Map.of(), "", Shell.inside(netns, command));
    }
}
