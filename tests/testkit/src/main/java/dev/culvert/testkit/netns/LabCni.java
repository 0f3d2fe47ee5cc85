package dev.culvert.testkit.netns;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The conflist of a lab's node: Debian's `bridge` with `host-local`, then ours. Stateless.
final class LabCni {
    private static final List<Path> REFERENCE = List.of(Path.of("/usr/lib/cni"), Path.of("/opt/cni/bin"));

    private LabCni() {}

    static CniChain chain(LabOptions options, Lab lab, LabNode node, Manifests manifests) {
        List<Path> path = new ArrayList<>(List.of(options.distribution().resolve("bin")));
        REFERENCE.stream().filter(Files::isDirectory).forEach(path::add);
        return new CniChain(
                "culvert-lab",
                "1.0.0",
                List.of(
                        new CniChain.Plugin("bridge", bridge(options, lab, node)),
                        new CniChain.Plugin("culvert-cni", ours(node, manifests))),
                path,
                List.of("nsenter", "--net=" + Lab.NETNS_DIR.resolve(node.netns())));
    }

    private static String bridge(LabOptions options, Lab lab, LabNode node) {
        List<String> ranges = new ArrayList<>();
        List<String> routes = new ArrayList<>();
        if (options.families() != LabOptions.Families.IPV6) {
            ranges.add("[{\"subnet\":\"" + node.podRange4() + "\"}]");
            routes.add("{\"dst\":\"0.0.0.0/0\"}");
        }
        if (options.families() != LabOptions.Families.IPV4) {
            ranges.add("[{\"subnet\":\"" + node.podRange6() + "\"}]");
            routes.add("{\"dst\":\"::/0\"}");
        }
        return "\"bridge\":\"cni0\",\"isGateway\":true,\"ipMasq\":false,\"hairpinMode\":true,"
                + "\"ipam\":{\"type\":\"host-local\",\"ranges\":[" + String.join(",", ranges) + "],\"routes\":["
                + String.join(",", routes) + "],"
                + "\"dataDir\":\"" + lab.directory().resolve("ipam-" + node.name()) + "\"}";
    }

    private static String ours(LabNode node, Manifests manifests) {
        return "\"cni_agent_run_dir\":\"" + node.agentDirectory() + "\",\"ambient_enabled\":true,"
                + "\"exclude_namespaces\":[\"kube-system\"],\"pod_namespace\":\"istio-system\","
                + "\"manifest_dir\":\"" + manifests.directory() + "\"";
    }
}
