package dev.culvert.testkit.netns;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One replica of a waypoint: its pod, which is not captured, and the process in it. Used from one thread at a time.
public final class LabWaypoint implements AutoCloseable {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
    private static final String DRAIN = "10s";

    private final MeshLab mesh;
    private final LabPod pod;
    private final List<String> command;
    private final Map<String, String> environment;
    private LabProcess process;

    private LabWaypoint(MeshLab mesh, WaypointSpec spec, LabPod pod) {
        this.mesh = mesh;
        this.pod = pod;
        this.command = command(mesh, spec);
        this.environment = environment(mesh, spec, pod, tokenFile(mesh, spec, pod));
        this.process = launch();
    }

    static LabWaypoint start(MeshLab mesh, WaypointSpec spec, PodSpec podSpec, int nodeIndex) {
        LabPod pod = mesh.run(podSpec, nodeIndex);
        mesh.ready(pod, false);
        return new LabWaypoint(mesh, spec, pod);
    }

    private LabProcess launch() {
        return LabProcess.start("waypoint " + pod.spec().name(), pod.netns(), command, environment, log());
    }

    private static List<String> command(MeshLab mesh, WaypointSpec spec) {
        String ours = mesh.options().distribution().resolve("bin/culvert").toString();
        return spec.program().isEmpty() ? List.of(ours, "waypoint") : spec.program();
    }

    private static Map<String, String> environment(MeshLab mesh, WaypointSpec spec, LabPod pod, Path token) {
        Map<String, String> environment = new HashMap<>(mesh.servers());
        environment.put("POD_NAME", pod.spec().name());
        environment.put("POD_NAMESPACE", spec.namespace());
        environment.put("SERVICE_ACCOUNT", spec.name());
        environment.put("ISTIO_META_GATEWAY_NAME", spec.name());
        environment.put("INSTANCE_IP", pod.addresses().getFirst());
        environment.put("NODE_NAME", pod.node().name());
        environment.put("AUTH_TOKEN", token.toString());
        environment.put("CONNECTION_TERMINATION_DEADLINE", DRAIN);
        environment.putAll(spec.environment());
        return environment;
    }

    private static Path tokenFile(MeshLab mesh, WaypointSpec spec, LabPod pod) {
        Path file = mesh.lab().directory().resolve(pod.netns() + ".token");
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, mesh.controlPlane().token("--identity", spec.identity()));
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Waits until the process serves, and says so of its pod.
    public void awaitReady() {
        process.await(_ -> ready(), MeshLab.START_LIMIT);
        mesh.ready(pod, true);
    }

    private boolean ready() {
        return pod.exec("curl", "-fsS", "-m", "2", "http://127.0.0.1:15021/healthz/ready")
                .ok();
    }

    /// The pod that it runs in.
    public LabPod pod() {
        return pod;
    }

    /// The running process.
    public LabProcess process() {
        return process;
    }

    /// Everything that it printed, its access log among it.
    public String output() {
        return process.output();
    }

    /// The metrics page.
    public String metrics() {
        return pod.exec("curl", "-fsS", "-m", "5", "http://127.0.0.1:15020/stats/prometheus")
                .out();
    }

    /// Sends SIGKILL; its pod stays, and is not ready any more.
    public void kill() {
        process.kill();
        mesh.ready(pod, false);
    }

    /// Starts the process again after it has ended, and waits until it serves.
    public void restart() {
        process = launch();
        awaitReady();
    }

    /// As a kubelet does: says that the pod terminates, stops the process, takes the sandbox away.
    void retire() {
        mesh.terminate(pod);
        process.stop(STOP_LIMIT);
        mesh.delete(pod);
    }

    private Path log() {
        return mesh.lab().directory().resolve(pod.netns() + "-waypoint.log");
    }

    @Override
    public void close() {
        process.kill();
    }
}
