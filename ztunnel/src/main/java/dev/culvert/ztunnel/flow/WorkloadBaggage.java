package dev.culvert.ztunnel.flow;

import dev.culvert.hbone.header.Baggage;
import dev.culvert.mesh.model.Workload;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What we tell peers of a workload of ours. Pure.
public final class WorkloadBaggage {
    private WorkloadBaggage() {}

    /// The baggage of `workload`; what its record does not say is left out.
    public static Baggage of(Workload workload) {
        return new Baggage(
                known(workload.clusterId()),
                known(workload.namespace()),
                workload.origin().workloadType().name().toLowerCase(Locale.ROOT),
                known(workload.origin().workloadName()),
                known(workload.origin().canonicalName()),
                known(workload.origin().canonicalRevision()),
                known(workload.locality().region()),
                known(workload.locality().zone()));
    }

    private static @Nullable String known(String text) {
        return text.isEmpty() ? null : text;
    }
}
