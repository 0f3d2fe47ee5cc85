package dev.culvert.waypoint.route;

import dev.culvert.api.waypoint.HttpRule;
import dev.culvert.waypoint.fault.FaultRule;
import dev.culvert.waypoint.filter.BackendTarget;
import dev.culvert.waypoint.filter.FilterChain;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// What a matched rule does with a request. Immutable.
public final class CompiledRule {
    private final String name;
    private final FilterChain filters;
    private final WeightedBackends backends;
    private final Duration requestTimeout;
    private final Duration backendTimeout;
    private final RetryRule retry;
    private final FaultRule fault;
    private final @Nullable SessionRule session;
    private final List<String> problems;

    /// @param broken what is wrong with the rule's conditions; when there is anything, the rule
    ///     answers 500
    CompiledRule(HttpRule rule, RetryRule defaultRetry, List<String> broken) {
        name = rule.getName();
        filters = broken.isEmpty()
                ? FilterChain.compile(rule.getFiltersList())
                : FilterChain.failing(String.join("; ", broken));
        backends = new WeightedBackends(rule.getBackendsList());
        requestTimeout = Durations.of(rule.getRequestTimeout());
        backendTimeout = Durations.of(rule.getBackendTimeout());
        retry = rule.hasRetry() ? RetryRule.compile(rule.getRetry(), defaultRetry) : defaultRetry;
        fault = rule.hasFault() ? FaultRule.compile(rule.getFault()) : FaultRule.NONE;
        session = rule.hasSession() ? SessionRule.compile(rule.getSession()) : null;
        List<String> found = new ArrayList<>(filters.problems());
        found.addAll(backends.problems());
        problems = List.copyOf(found);
    }

    /// Kind, namespace and name of the route and name or index of the rule, for logs.
    public String name() {
        return name;
    }

    /// To apply before a backend is chosen; when they answer, there is nothing to choose.
    public FilterChain filters() {
        return filters;
    }

    /// Draws a backend by weight.
    public BackendChoice choose(RandomGenerator random) {
        return backends.choose(random);
    }

    /// Every backend that may be chosen.
    public List<BackendTarget> targets() {
        return backends.targets();
    }

    /// From the request's arrival to the end of the response; zero for none.
    public Duration requestTimeout() {
        return requestTimeout;
    }

    /// For each try; zero for none. That of the retry rule counts too: the shorter one holds.
    public Duration backendTimeout() {
        return backendTimeout;
    }

    public RetryRule retry() {
        return retry;
    }

    public FaultRule fault() {
        return fault;
    }

    /// Null when requests of a client need not stay together.
    public @Nullable SessionRule session() {
        return session;
    }

    /// What is wrong with the rule, for the operator; empty when nothing is.
    public List<String> problems() {
        return problems;
    }

    @Override
    public String toString() {
        return name;
    }
}
