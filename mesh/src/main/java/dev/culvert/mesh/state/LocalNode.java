package dev.culvert.mesh.state;

import dev.culvert.mesh.model.Workload;
import org.jspecify.annotations.Nullable;

/// The node that this process serves; every workload is local when it does not know its node.
///
/// Immutable.
public record LocalNode(@Nullable String name) {
    boolean runs(Workload workload) {
        return name == null || workload.node().equals(name);
    }
}
