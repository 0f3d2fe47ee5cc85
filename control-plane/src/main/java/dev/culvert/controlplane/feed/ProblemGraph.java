package dev.culvert.controlplane.feed;

import dev.culvert.controlplane.config.MeshSettings;
import dev.culvert.controlplane.derive.Collection;
import dev.culvert.controlplane.derive.Graph;
import dev.culvert.controlplane.gateway.DestinationRules;
import dev.culvert.controlplane.gateway.RouteProblems;
import dev.culvert.controlplane.gateway.ServicePlan;
import dev.culvert.controlplane.gateway.WaypointMessages;
import dev.culvert.kube.SourceProblem;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/// What waypoints cannot follow of what was written for them. Kept on the `derive` thread; any thread may read.
final class ProblemGraph {
    private final Map<String, List<SourceProblem>> byObject = new ConcurrentSkipListMap<>();

    ProblemGraph(Graph graph, MeshInputs inputs, RouteGraph routes, MeshSettings settings) {
        for (Collection<String, ServicePlan> plans : routes.plans) {
            keep(graph.derive(
                    plans.name() + "Problems",
                    plans,
                    (plan, _) -> Map.of(plans.name() + " " + plan.service(), RouteProblems.of(plan))));
        }
        keep(graph.derive(
                "ruleProblems",
                inputs.destinationRules,
                (rule, _) -> Map.of("rule " + rule.key(), DestinationRules.problems(rule))));
        keep(graph.derive(
                "providerProblems",
                inputs.config,
                (mesh, fetch) -> Map.of(
                        "providers",
                        new WaypointMessages(mesh, settings.clusterId(), routes.hosts(fetch)).problems())));
    }

    /// All of them.
    List<SourceProblem> problems() {
        return byObject.values().stream().flatMap(List::stream).distinct().toList();
    }

    private void keep(Collection<String, List<SourceProblem>> problems) {
        problems.onChange(change -> {
            List<SourceProblem> after = change.after();
            if (after == null || after.isEmpty()) {
                byObject.remove(change.key());
            } else {
                byObject.put(change.key(), after);
            }
        });
    }
}
