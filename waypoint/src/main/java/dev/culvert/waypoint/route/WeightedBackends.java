package dev.culvert.waypoint.route;

import dev.culvert.api.waypoint.Backend;
import dev.culvert.waypoint.exchange.LocalReply;
import dev.culvert.waypoint.filter.BackendTarget;
import dev.culvert.waypoint.filter.FilterChain;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// Backends that share the requests of a rule in proportion to their weights. Immutable.
final class WeightedBackends {
    private static final BackendChoice NOBODY = refused("no_backend", "rule has no backend with a weight");

    /// Those with a weight.
    private final List<BackendChoice> choices = new ArrayList<>();
    /// Where the share of each ends.
    private final long[] ends;

    private final List<String> problems = new ArrayList<>();

    WeightedBackends(List<Backend> backends) {
        long[] sums = new long[backends.size()];
        long sum = 0;
        for (Backend backend : backends) {
            FilterChain filters = FilterChain.compile(backend.getFiltersList());
            filters.problems().forEach(problem -> problems.add("backend " + backend.getCluster() + ": " + problem));
            if (!backend.getInvalid().isEmpty()) {
                problems.add("backend " + backend.getCluster() + ": " + backend.getInvalid());
            }
            long weight = Integer.toUnsignedLong(backend.getWeight());
            if (weight > 0) {
                sum += weight;
                sums[choices.size()] = sum;
                choices.add(choice(backend, filters));
            }
        }
        ends = java.util.Arrays.copyOf(sums, choices.size());
    }

    BackendChoice choose(RandomGenerator random) {
        if (ends.length == 0) {
            return NOBODY;
        }
        if (ends.length == 1) {
            return choices.getFirst();
        }
        long drawn = random.nextLong(ends[ends.length - 1]);
        int low = 0;
        int high = ends.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (drawn < ends[middle]) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return choices.get(low);
    }

    /// Every target that may be chosen.
    List<BackendTarget> targets() {
        List<BackendTarget> targets = new ArrayList<>();
        for (BackendChoice choice : choices) {
            if (choice instanceof BackendChoice.Chosen chosen) {
                targets.add(chosen.target());
            }
        }
        return targets;
    }

    /// What is wrong with the backends, for the operator.
    List<String> problems() {
        return problems;
    }

    private static BackendChoice choice(Backend backend, FilterChain filters) {
        return backend.getInvalid().isEmpty()
                ? new BackendChoice.Chosen(
                        new BackendTarget(backend.getCluster(), backend.getPort(), backend.getSubset()), filters)
                : refused("invalid_backend", "backend of the route is not usable");
    }

    /// GRPCRoute wants UNAVAILABLE where HTTPRoute wants 500.
    private static BackendChoice refused(String details, String body) {
        LocalReply reply = LocalReply.text(500, body, "-", details);
        return new BackendChoice.Refused(new LocalReply(
                reply.status(), List.of(Map.entry("grpc-status", "14")), reply.body(), reply.flag(), reply.details()));
    }
}
