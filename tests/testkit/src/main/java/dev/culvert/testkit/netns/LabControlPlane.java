package dev.culvert.testkit.netns;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The control plane's process of a lab, with its state directory. Used from one thread at a time.
public final class LabControlPlane implements AutoCloseable {
    /// Where the discovery and certificate services listen.
    public static final String ADDRESS = "https://" + LabNetwork.CONTROL_PLANE_IPV4 + ":15012";

    private final LabOptions options;
    private final String netns;
    private final Path state;
    private final Path log;
    private final Manifests manifests;
    private @Nullable LabProcess process;

    LabControlPlane(LabOptions options, Lab lab, String netns, Manifests manifests) {
        this.options = options;
        this.netns = netns;
        this.state = lab.directory().resolve("control-plane");
        this.log = lab.directory().resolve("control-plane.log");
        this.manifests = manifests;
    }

    /// Starts the process and waits until it serves.
    public void start() {
        Map<String, String> environment = new HashMap<>(environment());
        environment.putAll(options.controlPlane());
        process = LabProcess.start("control plane", netns, List.of(program(), "control-plane"), environment, log);
        awaitReady();
    }

    /// Waits until readiness says so.
    public void awaitReady() {
        LabProcess started = running();
        started.await(
                output -> Shell.attempt(
                                Map.of(),
                                "",
                                Shell.inside(netns, "curl", "-fsS", "-m", "2", "http://127.0.0.1:8080/ready"))
                        .ok(),
                MeshLab.START_LIMIT);
    }

    /// The running process.
    public LabProcess running() {
        if (process == null) {
            throw new IllegalStateException("the control plane was not started");
        }
        return process;
    }

    /// Stops it as an operator would.
    public int stop() {
        return running().stop(Duration.ofSeconds(15));
    }

    /// A new token for a node's processes.
    public String nodeToken(String node) {
        return token("--node", node);
    }

    /// A new token of the kind that `arguments` ask for.
    public String token(String... arguments) {
        List<String> command = new java.util.ArrayList<>(List.of(program(), "token", "create"));
        command.addAll(List.of(arguments));
        Shell.Result result = Shell.attempt(environment(), "", command);
        if (!result.ok()) {
            throw new IllegalStateException("token create exited with " + result.code() + ": " + result.err());
        }
        return result.out().strip();
    }

    /// The root certificates that the proxies trust, PEM.
    public Path rootCertificate() {
        return state.resolve("root-cert.pem");
    }

    private Map<String, String> environment() {
        return Map.of(
                "CULVERT_MANIFESTS",
                manifests.directory().toString(),
                "CULVERT_STATE_DIR",
                state.toString(),
                "CULVERT_SERVER_NAMES",
                LabNetwork.CONTROL_PLANE_IPV4);
    }

    private String program() {
        return options.distribution().resolve("bin/culvert").toString();
    }

    @Override
    public void close() {
        if (process != null) {
            process.kill();
        }
    }
}
