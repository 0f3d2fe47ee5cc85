package dev.culvert.bench;

import dev.culvert.testkit.TestCa;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// A certificate authority that the control plane signs with, and the bench too. Used from one thread.
final class PluggedAuthority implements AutoCloseable {
    private final TestCa ca = TestCa.create("the mesh's root");
    private final Path directory;

    PluggedAuthority() {
        try {
            directory = Files.createTempDirectory("culvert-bench-ca");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ca.writeTo(directory);
    }

    /// The authority itself.
    TestCa ca() {
        return ca;
    }

    /// Where the control plane finds it.
    Path directory() {
        return directory;
    }

    @Override
    public void close() {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
