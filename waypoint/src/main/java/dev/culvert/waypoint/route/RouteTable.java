package dev.culvert.waypoint.route;

import dev.culvert.api.waypoint.RouteSet;
import dev.culvert.waypoint.exchange.RequestHead;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The rules for requests to one port of a service. Immutable; any thread may ask.
///
/// Rules for the namespace of the client, where there are any, stand in place of those for
/// everybody (GEP-1426, consumer routes). What cannot be compiled is named by [#problems] and
/// answers 500 by itself.
public final class RouteTable {
    /// No rules at all.
    public static final RouteTable EMPTY = compile(List.of());

    /// By the client's namespace; those for everybody under the empty name.
    private final Map<String, List<RuleSet>> byNamespace;
    private final List<RouteProblem> problems;

    private RouteTable(Map<String, List<RuleSet>> byNamespace, List<RouteProblem> problems) {
        this.byNamespace = byNamespace;
        this.problems = problems;
    }

    /// Compiles what the control plane sent, with the retries that Istio has by default.
    public static RouteTable compile(List<RouteSet> sets) {
        return compile(sets, RetryRule.DEFAULT);
    }

    /// Compiles what the control plane sent.
    ///
    /// @param defaultRetry for rules that do not say, and for what those that say leave open
    public static RouteTable compile(List<RouteSet> sets, RetryRule defaultRetry) {
        Map<String, List<RuleSet>> byNamespace = new HashMap<>();
        List<RouteProblem> problems = new ArrayList<>();
        for (RouteSet set : sets) {
            if (set.getHttpCount() > 0) {
                byNamespace
                        .computeIfAbsent(set.getClientNamespace(), _ -> new ArrayList<>())
                        .add(RuleSet.compile(set, defaultRetry, problems));
            }
        }
        return new RouteTable(Map.copyOf(byNamespace), List.copyOf(problems));
    }

    /// The rule for a request of a client in `clientNamespace`.
    public RouteDecision decide(RequestHead head, String clientNamespace) {
        if (byNamespace.isEmpty()) {
            return RouteDecision.NoRoutes.NO_ROUTES;
        }
        List<RuleSet> sets = byNamespace.get(clientNamespace);
        if (sets == null) {
            sets = byNamespace.get("");
        }
        if (sets == null) {
            return RouteDecision.NoRoutes.NO_ROUTES;
        }
        RequestView view = new RequestView(head);
        for (RuleSet set : sets) {
            RouteDecision.Matched matched = set.match(view);
            if (matched != null) {
                return matched;
            }
        }
        return RouteDecision.NoMatch.NO_MATCH;
    }

    /// What is wrong with the rules, for the operator.
    public List<RouteProblem> problems() {
        return problems;
    }
}
