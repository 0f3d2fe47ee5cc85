package dev.culvert.controlplane.gateway;

import dev.culvert.api.waypoint.Cluster;
import dev.culvert.api.waypoint.Subset;
import dev.culvert.api.waypoint.TrafficPolicy;
import dev.culvert.kube.SourceProblem;
import dev.culvert.kube.resource.DestinationRule;
import dev.culvert.kube.resource.TrafficPolicy.Locality;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Chooses the DestinationRules of a service and applies them to its cluster. Pure.
///
/// Of the namespaces that may have rules (the service's, the waypoint's, the root) the first that has any
/// counts. Rules there for one host are one: the oldest that has a policy gives it, and subsets add up.
public final class DestinationRules {
    private static final Comparator<DestinationRule> OLDEST = Comparator.comparing(
                    (DestinationRule rule) -> rule.metadata().creationTimestamp())
            .thenComparing(DestinationRule::key);

    private DestinationRules() {}

    /// Those of `rules`, which are all for the host, that count; the oldest first.
    ///
    /// @param namespaces in which they are looked for, the first first
    public static List<DestinationRule> choose(
            List<DestinationRule> rules, List<String> namespaces, String waypointNamespace) {
        for (String namespace : namespaces) {
            List<DestinationRule> own = rules.stream()
                    .filter(rule -> rule.metadata().namespace().equals(namespace))
                    .filter(rule -> rule.workloadSelector().isEmpty())
                    .filter(rule -> visible(rule, waypointNamespace))
                    .sorted(OLDEST)
                    .toList();
            if (!own.isEmpty()) {
                return own;
            }
        }
        return List.of();
    }

    /// What of `rule` cannot be followed.
    public static List<SourceProblem> problems(DestinationRule rule) {
        return Stream.of(
                        Stream.of(rule.trafficPolicy()),
                        rule.trafficPolicy().ports().values().stream(),
                        rule.subsets().stream().map(DestinationRule.Subset::trafficPolicy))
                .flatMap(each -> each)
                .map(policy -> TrafficMessages.of(policy).getTls().getInvalid())
                .filter(reason -> !reason.isEmpty())
                .distinct()
                .map(reason -> new SourceProblem("DestinationRule " + rule.key(), 0, "", reason))
                .toList();
    }

    private static boolean visible(DestinationRule rule, String namespace) {
        List<String> to = rule.exportTo();
        return to.isEmpty()
                || to.contains("*")
                || to.contains(namespace)
                || (to.contains(".") && rule.metadata().namespace().equals(namespace));
    }

    /// `cluster` as the rules say.
    ///
    /// @param rules    that count, the oldest first
    /// @param locality of the mesh
    public static Cluster apply(Cluster cluster, List<DestinationRule> rules, Locality locality) {
        return new LocalityDefaults(locality).apply(apply(cluster, rules));
    }

    private static Cluster apply(Cluster cluster, List<DestinationRule> rules) {
        if (rules.isEmpty()) {
            return cluster;
        }
        Cluster.Builder built = cluster.toBuilder();
        DestinationRule first = withPolicy(rules);
        if (first != null) {
            TrafficPolicy policy = TrafficMessages.of(first.trafficPolicy());
            built.setPolicy(built.getPolicy().toBuilder().mergeFrom(policy));
            built.getPortsBuilderList().forEach(port -> {
                var own = first.trafficPolicy().ports().get(port.getPort());
                if (own != null) {
                    port.setPolicy(TrafficMessages.alone(own));
                }
            });
        }
        Set<String> names = new HashSet<>();
        for (DestinationRule rule : rules) {
            for (DestinationRule.Subset subset : rule.subsets()) {
                if (names.add(subset.name())) {
                    built.addSubsets(Subset.newBuilder()
                            .setName(subset.name())
                            .putAllLabels(subset.labels())
                            .setPolicy(TrafficMessages.of(subset.trafficPolicy())));
                }
            }
        }
        return built.build();
    }

    private static @Nullable DestinationRule withPolicy(List<DestinationRule> rules) {
        return rules.stream()
                .filter(rule -> !rule.trafficPolicy().equals(dev.culvert.kube.resource.TrafficPolicy.NONE))
                .findFirst()
                .orElse(null);
    }
}
