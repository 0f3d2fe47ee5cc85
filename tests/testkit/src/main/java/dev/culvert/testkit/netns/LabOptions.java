package dev.culvert.testkit.netns;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a lab is made of.
///
/// @param name the lab's name, part of every namespace's
/// @param nodes how many nodes
/// @param distribution the home of the built distribution
/// @param families which addresses pods get
/// @param apart agent and ztunnel as two processes on each node, joined by ZDS
/// @param node more environment of the node processes
/// @param controlPlane more environment of the control plane
/// @param peer another node proxy's binary that stands in for ours; agent and proxy are then apart
/// @param peerNode the one node that the peer is on; 0 for all
public record LabOptions(
        String name,
        int nodes,
        Path distribution,
        Families families,
        boolean apart,
        Map<String, String> node,
        Map<String, String> controlPlane,
        @Nullable Path peer,
        int peerNode) {
    /// Which addresses a pod gets.
    public enum Families {
        IPV4,
        DUAL,
        IPV6
    }

    public LabOptions {
        node = Map.copyOf(node);
        controlPlane = Map.copyOf(controlPlane);
    }

    /// Two nodes, IPv4 pods, one process a node.
    public static LabOptions twoNodes(String name, Path distribution) {
        return new LabOptions(name, 2, distribution, Families.IPV4, false, Map.of(), Map.of(), null, 0);
    }

    /// The same with IPv6 addresses beside IPv4.
    public LabOptions withDualStack() {
        return new LabOptions(name, nodes, distribution, Families.DUAL, apart, node, controlPlane, peer, peerNode);
    }

    /// The same with IPv6 addresses alone.
    public LabOptions withIpv6Only() {
        return new LabOptions(name, nodes, distribution, Families.IPV6, apart, node, controlPlane, peer, peerNode);
    }

    /// The same with agent and ztunnel apart.
    public LabOptions withProcessesApart() {
        return new LabOptions(name, nodes, distribution, families, true, node, controlPlane, peer, peerNode);
    }

    /// The same with one more variable for the node processes.
    public LabOptions withNode(String key, String value) {
        return new LabOptions(
                name, nodes, distribution, families, apart, plus(node, key, value), controlPlane, peer, peerNode);
    }

    /// The same with one more variable for the control plane.
    public LabOptions withControlPlane(String key, String value) {
        return new LabOptions(
                name, nodes, distribution, families, apart, node, plus(controlPlane, key, value), peer, peerNode);
    }

    /// The same with another node proxy's binary in place of ours.
    public LabOptions withPeer(Path binary) {
        return new LabOptions(name, nodes, distribution, families, true, node, controlPlane, binary, 0);
    }

    /// The same with another node proxy's binary in place of ours on the node with this index alone.
    public LabOptions withPeerOn(int index, Path binary) {
        return new LabOptions(name, nodes, distribution, families, true, node, controlPlane, binary, index);
    }

    private static Map<String, String> plus(Map<String, String> map, String key, String value) {
        Map<String, String> more = new HashMap<>(map);
        more.put(key, value);
        return more;
    }
}
