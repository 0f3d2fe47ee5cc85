package dev.culvert.controlplane.feed;

import dev.culvert.api.MeshLabels;
import dev.culvert.controlplane.derive.Collection;
import dev.culvert.controlplane.policy.BuiltPolicy.Acceptance;
import dev.culvert.controlplane.status.ObjectStatus;
import dev.culvert.kube.SourceProblem;
import dev.culvert.kube.resource.AuthorizationPolicy;
import dev.culvert.kube.resource.Condition;
import dev.culvert.kube.resource.Kind;
import dev.culvert.kube.resource.Kinds;
import dev.culvert.kube.resource.Resource;
import dev.culvert.kube.resource.Service;
import dev.culvert.kube.resource.ServiceEntry;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which objects rely on a waypoint: waypoints are not served yet, and whoever asks for one should
/// be told. Written on the `derive` thread; [#problems] may be read on any.
final class WaypointRequests {
    private static final Logger LOG = LoggerFactory.getLogger(WaypointRequests.class);

    private final Map<String, SourceProblem> asking = new ConcurrentHashMap<>();

    private final Consumer<ObjectStatus> statuses;

    /// @param statuses told what the status of services is to say
    WaypointRequests(MeshInputs inputs, Consumer<ObjectStatus> statuses) {
        this.statuses = statuses;
        follow(Kinds.NAMESPACE, inputs.namespaces);
        follow(Kinds.SERVICE, inputs.services);
        follow(Kinds.SERVICE_ENTRY, inputs.serviceEntries);
        follow(Kinds.WORKLOAD_ENTRY, inputs.workloadEntries);
        follow(Kinds.POD, inputs.pods);
        follow(Kinds.AUTHORIZATION_POLICY, inputs.authorizations);
    }

    /// Those that ask, in order.
    List<SourceProblem> problems() {
        return asking.values().stream()
                .sorted(Comparator.comparing(SourceProblem::origin))
                .toList();
    }

    private <K, T extends Resource> void follow(Kind<T> kind, Collection<K, T> resources) {
        resources.onChange(change -> {
            Resource after = change.after();
            if (after != null) {
                look(kind + " " + after.key(), after);
            } else if (change.before() != null) {
                asking.remove(kind + " " + change.before().key());
            }
        });
    }

    private void look(String origin, Resource resource) {
        SourceProblem problem = problem(origin, resource);
        switch (resource) {
            case Service service -> tell(Kinds.SERVICE, service, service.conditions(), problem);
            case ServiceEntry entry -> tell(Kinds.SERVICE_ENTRY, entry, entry.conditions(), problem);
            default -> {}
        }
        if (problem == null) {
            asking.remove(origin);
        } else if (!problem.equals(asking.put(origin, problem))) {
            LOG.atWarn()
                    .addKeyValue("object", origin)
                    .addKeyValue("path", problem.path())
                    .addKeyValue("reason", problem.reason())
                    .log("waypoints are not served yet");
        }
    }

    private void tell(Kind<?> kind, Resource resource, List<Condition> conditions, @Nullable SourceProblem problem) {
        boolean told =
                conditions.stream().anyMatch(condition -> condition.type().equals(ObjectStatus.WAYPOINT_BOUND));
        if (problem != null || told) {
            Acceptance acceptance = problem == null
                    ? null
                    : new Acceptance(false, "WaypointsNotServed", problem.reason(), List.of(problem.reason()));
            var verdict = new ObjectStatus.Verdict(ObjectStatus.WAYPOINT_BOUND, acceptance);
            statuses.accept(new ObjectStatus(kind, resource.metadata(), conditions, List.of(verdict)));
        }
    }

    private static @Nullable SourceProblem problem(String origin, Resource resource) {
        if (resource instanceof AuthorizationPolicy policy) {
            return policy.targetRefs().isEmpty()
                    ? null
                    : new SourceProblem(
                            origin, 0, "spec.targetRefs", "waypoints are not served yet; nobody judges this policy");
        }
        String name = resource.metadata().label(MeshLabels.USE_WAYPOINT);
        return name == null || name.isEmpty() || name.equals("none")
                ? null
                : new SourceProblem(
                        origin,
                        0,
                        "metadata.labels[" + MeshLabels.USE_WAYPOINT + "]",
                        "waypoints are not served yet; traffic goes directly instead of by way of " + name
                                + ", and L7 policy is not applied");
    }
}
