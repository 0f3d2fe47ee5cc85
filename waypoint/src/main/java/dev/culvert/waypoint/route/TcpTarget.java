package dev.culvert.waypoint.route;

import dev.culvert.api.waypoint.TcpRule;
import dev.culvert.waypoint.filter.BackendTarget;
import java.util.List;
import java.util.random.RandomGenerator;

/// What a matched rule does with an opaque connection. Immutable.
public final class TcpTarget {
    private final String name;
    private final WeightedBackends backends;

    TcpTarget(TcpRule rule) {
        name = rule.getName();
        backends = new WeightedBackends(rule.getBackendsList());
    }

    /// Kind, namespace and name of the route and name or index of the rule, for logs.
    public String name() {
        return name;
    }

    /// Draws a backend by weight; its filters are of HTTP and mean nothing here.
    public BackendChoice choose(RandomGenerator random) {
        return backends.choose(random);
    }

    /// Every backend that may be chosen.
    public List<BackendTarget> targets() {
        return backends.targets();
    }

    List<String> problems() {
        return backends.problems();
    }

    @Override
    public String toString() {
        return name;
    }
}
