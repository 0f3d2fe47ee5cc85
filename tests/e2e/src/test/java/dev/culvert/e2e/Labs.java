package dev.culvert.e2e;

import dev.culvert.testkit.netns.LabOptions;
import java.nio.file.Path;
import java.util.Objects;

/// Options of the labs of this module's tests.
final class Labs {
    private Labs() {}

    /// Two nodes of the built distribution.
    static LabOptions twoNodes(String name) {
        return LabOptions.twoNodes(name, distribution());
    }

    /// The home of the built distribution.
    static Path distribution() {
        return Path.of(Objects.requireNonNull(
                System.getProperty("culvert.distribution"), "system property culvert.distribution"));
    }
}
