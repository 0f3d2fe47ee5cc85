package dev.culvert.waypoint.listener;

import dev.culvert.hbone.header.Baggage;
import dev.culvert.waypoint.exchange.WorkloadInfo;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What node proxies say of workloads, and our values for it. Without state.
final class Workloads {
    private Workloads() {}

    /// Null when nothing is said.
    static @Nullable WorkloadInfo of(Baggage baggage) {
        return baggage.isEmpty()
                ? null
                : new WorkloadInfo(
                        text(baggage.workloadName()),
                        text(baggage.namespace()),
                        text(baggage.serviceName()),
                        text(baggage.serviceVersion()),
                        text(baggage.serviceName()),
                        text(baggage.serviceVersion()),
                        text(baggage.clusterId()),
                        text(baggage.workloadType()),
                        "");
    }

    private static String text(@Nullable String value) {
        return Objects.requireNonNullElse(value, "");
    }
}
