package dev.culvert.waypoint.route;

import dev.culvert.api.waypoint.HttpMatch;
import dev.culvert.api.waypoint.HttpRule;
import dev.culvert.api.waypoint.RouteSet;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The rules of one set in their order of precedence, found by the path of a request. Immutable.
final class RuleSet {
    private final CandidateIndex index;

    private RuleSet(CandidateIndex index) {
        this.index = index;
    }

    /// @param problems where to add what is wrong with the rules
    static RuleSet compile(RouteSet set, RetryRule defaultRetry, List<RouteProblem> problems) {
        List<Listed> listed = new ArrayList<>();
        for (HttpRule rule : set.getHttpList()) {
            List<Condition> conditions = conditions(rule);
            List<String> broken = new ArrayList<>(0);
            conditions.forEach(condition -> broken.addAll(condition.problems()));
            CompiledRule compiled = new CompiledRule(rule, defaultRetry, broken);
            compiled.problems().forEach(problem -> problems.add(new RouteProblem(compiled.name(), problem)));
            for (Condition condition : conditions) {
                listed.add(new Listed(condition, compiled, Precedence.of(condition, set.getOrder())));
            }
        }
        // A stable sort: what is equal stays in the order of its listing.
        listed.sort((a, b) -> Precedence.compare(a.precedence(), b.precedence()));
        List<Candidate> candidates = new ArrayList<>(listed.size());
        for (Listed each : listed) {
            candidates.add(new Candidate(
                    candidates.size(),
                    each.condition(),
                    new RouteDecision.Matched(
                            each.rule(),
                            new RouteMatch(
                                    each.condition().name(),
                                    each.condition().path().matched()))));
        }
        return new RuleSet(new CandidateIndex(candidates));
    }

    /// The first match that holds; null when none does.
    RouteDecision.@Nullable Matched match(RequestView request) {
        return index.first(request);
    }

    private static List<Condition> conditions(HttpRule rule) {
        if (rule.getMatchesCount() == 0) {
            return List.of(Condition.compile(HttpMatch.getDefaultInstance()));
        }
        List<Condition> conditions = new ArrayList<>(rule.getMatchesCount());
        rule.getMatchesList().forEach(match -> conditions.add(Condition.compile(match)));
        return conditions;
    }

    private record Listed(Condition condition, CompiledRule rule, List<Integer> precedence) {}
}
