package dev.culvert.testkit.netns;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/// The directory of manifests that stands for the API server: one file an object, replaced atomically.
///
/// Thread-safe.
public final class Manifests {
    private static final AtomicLong TEMPORARY = new AtomicLong();

    private final Path directory;

    /// A directory that is made when it is missing.
    public Manifests(Path directory) {
        this.directory = directory;
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Where the manifests are.
    public Path directory() {
        return directory;
    }

    /// Writes the manifest `yaml` under `name`, replacing an earlier one.
    public void put(String name, String yaml) {
        try {
            Path temporary = directory.resolve("." + name + "." + TEMPORARY.incrementAndGet() + ".tmp");
            Files.writeString(temporary, yaml);
            Files.move(temporary, file(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Removes the manifest `name`; a missing one is fine.
    public void remove(String name) {
        try {
            Files.deleteIfExists(file(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A Namespace; enrolled ones carry the label `istio.io/dataplane-mode: ambient`.
    public void namespace(String name, Map<String, String> labels) {
        put("namespace-" + name, """
                apiVersion: v1
                kind: Namespace
                metadata:
                  name: %s
                  labels: %s
                """.formatted(name, inline(labels)));
    }

    /// A Service of type ClusterIP with one TCP port.
    public void service(String namespace, String name, String vips, int port, int targetPort) {
        put("service-" + namespace + "-" + name, """
                apiVersion: v1
                kind: Service
                metadata:
                  name: %s
                  namespace: %s
                spec:
                  clusterIPs: [%s]
                  selector: {app: %s}
                  ports:
                  - {name: tcp, port: %d, targetPort: %d, protocol: TCP}
                """.formatted(name, namespace, vips, name, port, targetPort));
    }

    private Path file(String name) {
        return directory.resolve(name + ".yaml");
    }

    static String inline(Map<String, String> map) {
        StringBuilder text = new StringBuilder("{");
        new TreeMap<>(map)
                .forEach((key, value) -> text.append(text.length() > 1 ? ", " : "")
                        .append('"')
                        .append(key)
                        .append("\": \"")
                        .append(value)
                        .append('"'));
        return text.append('}').toString();
    }
}
