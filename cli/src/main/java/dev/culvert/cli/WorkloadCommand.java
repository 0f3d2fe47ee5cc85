package dev.culvert.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;

/// `culvert workload`: the workloads that a proxy knows. Confined to the main thread.
@Command(name = "workload", aliases = "workloads", description = "Show the workloads that a proxy knows.")
final class WorkloadCommand extends DumpCommand {
    WorkloadCommand() {
        super("workloads", List.of("NAMESPACE", "NAME", "ADDRESS", "NODE", "WAYPOINT", "PROTOCOL", "STATUS"));
    }

    @Override
    List<List<String>> rows(Map<String, Object> workload) {
        String addresses = String.join(
                ",",
                Json.list(workload.get("workloadIps")).stream()
                        .map(Object::toString)
                        .toList());
        return List.of(List.of(
                Json.text(workload, "namespace"),
                Json.text(workload, "name"),
                addresses.isEmpty() ? "-" : addresses,
                Json.text(workload, "node"),
                Json.text(Json.map(workload.get("waypoint")), "destination"),
                Json.text(workload, "protocol"),
                Json.text(workload, "status")));
    }
}
