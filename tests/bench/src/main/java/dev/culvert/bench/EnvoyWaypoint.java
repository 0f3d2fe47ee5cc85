package dev.culvert.bench;

import dev.culvert.testkit.TestCa;
import dev.culvert.testkit.netns.WaypointSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Envoy in the pod of a waypoint, for one service with one endpoint. Immutable.
///
/// It asks no control plane: its configuration and its certificate are files. Readiness is where ours has it.
///
/// @param binary the program
/// @param authority what the mesh trusts
/// @param server the endpoint's address
record EnvoyWaypoint(Path binary, TestCa authority, String server) {
    private static final Duration LIFE = Duration.ofDays(1);

    /// As many event loops as ours has when nothing is set.
    private static final int MOST_WORKERS = 4;

    /// The waypoint with this program, whose files are written to a new directory.
    WaypointSpec into(WaypointSpec spec, Path files) {
        try {
            Files.createDirectory(files);
            List<String> pem = authority.issue(LIFE, spec.identity()).pem();
            Files.writeString(files.resolve("key.pem"), pem.get(0));
            Files.writeString(files.resolve("cert-chain.pem"), pem.get(1));
            Files.writeString(files.resolve("root-cert.pem"), pem.get(2));
            Path configuration = files.resolve("envoy.yaml");
            Files.writeString(configuration, configuration(files));
            return spec.withProgram(command(configuration));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> command(Path configuration) {
        int workers = Math.min(MOST_WORKERS, Runtime.getRuntime().availableProcessors());
        return List.of(
                binary.toString(),
                "--config-path",
                configuration.toString(),
                "--concurrency",
                Integer.toString(workers),
                "--disable-hot-restart",
                "--log-level",
                "warning");
    }

    private String configuration(Path files) throws IOException {
        try (InputStream template = EnvoyWaypoint.class.getResourceAsStream("envoy-waypoint.yaml")) {
            if (template == null) {
                throw new IllegalStateException("the bench was built without envoy-waypoint.yaml");
            }
            return new String(template.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("@files@", files.toString())
                    .replace("@server@", server);
        }
    }
}
