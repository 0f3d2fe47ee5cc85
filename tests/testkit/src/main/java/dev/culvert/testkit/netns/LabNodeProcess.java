package dev.culvert.testkit.netns;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What runs on a node of a lab: the node process, or agent and ztunnel apart. Used from one thread at a time.
public final class LabNodeProcess implements AutoCloseable {
    private final LabOptions options;
    private final LabNode node;
    private final LabControlPlane controlPlane;
    private final Manifests manifests;
    private final List<LabProcess> processes = new ArrayList<>();

    LabNodeProcess(LabOptions options, LabNode node, LabControlPlane controlPlane, Manifests manifests) {
        this.options = options;
        this.node = node;
        this.controlPlane = controlPlane;
        this.manifests = manifests;
    }

    /// Starts what runs on the node; [#awaitReady] says when it serves.
    public void start() {
        writeToken();
        Map<String, String> environment = environment();
        if (options.apart()) {
            processes.add(launch("cni-agent", environment));
            processes.add(launch("ztunnel", environment));
        } else {
            processes.add(launch("node", environment));
        }
    }

    /// Waits until readiness of all that runs here says so.
    public void awaitReady() {
        processes.getLast().await(output -> ready(), MeshLab.START_LIMIT);
    }

    /// True when readiness says so now.
    public boolean ready() {
        return node.exec("curl", "-fsS", "-m", "2", "http://127.0.0.1:15021/healthz/ready")
                        .ok()
                && node.exec("curl", "-fsS", "-m", "2", "http://127.0.0.1:8000/readyz")
                        .ok();
    }

    /// The processes: one, or agent then ztunnel.
    public List<LabProcess> processes() {
        return List.copyOf(processes);
    }

    /// Sends SIGTERM to all and waits for their end.
    public void stop() {
        processes.forEach(process -> process.stop(Duration.ofSeconds(15)));
        processes.clear();
    }

    /// Sends SIGKILL to all.
    public void kill() {
        processes.forEach(LabProcess::kill);
        processes.clear();
    }

    /// Everything that ztunnel printed, the access log among it.
    public String output() {
        return processes.isEmpty() ? "" : processes.getLast().output();
    }

    /// The metrics page.
    public String metrics() {
        return node.exec("curl", "-fsS", "-m", "5", "http://127.0.0.1:15020/metrics")
                .out();
    }

    /// The configuration dump.
    public String configDump() {
        return node.exec("curl", "-fsS", "-m", "5", "http://127.0.0.1:15000/config_dump")
                .out();
    }

    /// Where the agent listens for ztunnel when they run apart.
    public Path zdsSocket() {
        return node.directory().resolve("ztunnel.sock");
    }

    private LabProcess launch(String what, Map<String, String> environment) {
        return LabProcess.start(
                what + " on " + node.name(),
                node.netns(),
                command(what),
                environment,
                node.directory().resolve(what + ".log"));
    }

    private List<String> command(String what) {
        Path peer = options.peer();
        boolean here = options.peerNode() == 0 || options.peerNode() == node.index();
        if (peer != null && here && what.equals("ztunnel")) {
            return List.of(peer.toString(), "proxy", "ztunnel");
        }
        return List.of(options.distribution().resolve("bin/culvert").toString(), what);
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>();
        environment.put("NODE_NAME", node.name());
        environment.put("INSTANCE_IP", node.ipv4());
        environment.put("POD_NAME", "culvert-node-" + node.name());
        environment.put("POD_NAMESPACE", "istio-system");
        environment.put("XDS_ADDRESS", LabControlPlane.ADDRESS);
        environment.put("CA_ADDRESS", LabControlPlane.ADDRESS);
        environment.put("XDS_ROOT_CA", controlPlane.rootCertificate().toString());
        environment.put("CA_ROOT_CA", controlPlane.rootCertificate().toString());
        environment.put("AUTH_TOKEN", tokenFile().toString());
        environment.put("INPOD_UDS", zdsSocket().toString());
        environment.put("CULVERT_MANIFESTS", manifests.directory().toString());
        environment.put("CULVERT_RUN_DIR", node.agentDirectory().toString());
        environment.put(
                "CULVERT_HOST_NETNS", Lab.NETNS_DIR.resolve(node.netns()).toString());
        environment.putAll(options.node());
        return environment;
    }

    private Path tokenFile() {
        return node.directory().resolve("token");
    }

    private void writeToken() {
        if (Files.exists(tokenFile())) {
            return;
        }
        try {
            Files.createFile(
                    tokenFile(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(tokenFile(), controlPlane.nodeToken(node.name()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
