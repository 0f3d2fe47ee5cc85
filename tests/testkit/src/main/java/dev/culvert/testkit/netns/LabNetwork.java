package dev.culvert.testkit.netns;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The wires of a lab: a switch, the control plane's host and the nodes, each a namespace, with routes between them.
///
/// Built once by a test thread. Nothing of it is in the namespace of the test itself.
public final class LabNetwork {
    /// The control plane's address.
    public static final String CONTROL_PLANE_IPV4 = "10.50.0.2";
    private static final String CONTROL_PLANE_IPV6 = "fd50::2";

    private final Lab lab;
    private final String bridge;
    private final String controlPlane;
    private final List<LabNode> nodes = new ArrayList<>();

    /// Wires `count` nodes.
    public LabNetwork(Lab lab, int count) {
        this.lab = lab;
        this.bridge = lab.namespace("switch");
        Shell.run("ip", "-n", bridge, "link", "add", "br0", "type", "bridge");
        Shell.run("ip", "-n", bridge, "link", "set", "br0", "up");
        this.controlPlane = lab.namespace("cp");
        plug(controlPlane, "cp", CONTROL_PLANE_IPV4, CONTROL_PLANE_IPV6);
        for (int i = 1; i <= count; i++) {
            LabNode node = addNode(i);
            nodes.add(node);
            route(controlPlane, node);
        }
        for (LabNode from : nodes) {
            nodes.stream().filter(to -> to.index() != from.index()).forEach(to -> route(from.netns(), to));
        }
    }

    /// The namespace with the bridge that all traffic between nodes crosses, for captures.
    public String switchNamespace() {
        return bridge;
    }

    /// The namespace that the control plane runs in.
    public String controlPlaneNamespace() {
        return controlPlane;
    }

    /// The nodes, by index.
    public List<LabNode> nodes() {
        return List.copyOf(nodes);
    }

    private LabNode addNode(int index) {
        String name = "node" + index;
        String netns = lab.namespace(name);
        Path directory = lab.directory().resolve(name);
        try {
            Files.createDirectories(directory.resolve("agent"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        LabNode node = new LabNode(name, index, netns, directory);
        plug(netns, name, node.ipv4(), node.ipv6());
        inside(netns, "sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1");
        return node;
    }

    private void plug(String netns, String port, String ipv4, String ipv6) {
        inside(netns, "sysctl", "-qw", "net.ipv6.conf.default.accept_dad=0", "net.ipv6.conf.all.accept_dad=0");
        Shell.run("ip", "-n", bridge, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", netns);
        Shell.run("ip", "-n", bridge, "link", "set", port, "master", "br0", "up");
        Shell.run("ip", "-n", netns, "addr", "add", ipv4 + "/24", "dev", "eth0");
        Shell.run("ip", "-n", netns, "addr", "add", ipv6 + "/64", "dev", "eth0", "nodad");
        Shell.run("ip", "-n", netns, "link", "set", "eth0", "up");
    }

    private static void route(String netns, LabNode to) {
        Shell.run("ip", "-n", netns, "route", "add", to.podRange4(), "via", to.ipv4());
        Shell.run("ip", "-n", netns, "-6", "route", "add", to.podRange6(), "via", to.ipv6());
    }

    private static void inside(String netns, String... command) {
        Shell.run(Shell.inside(netns, command).toArray(String[]::new));
    }
}
