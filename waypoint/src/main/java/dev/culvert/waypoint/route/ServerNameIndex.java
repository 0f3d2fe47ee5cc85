package dev.culvert.waypoint.route;

import dev.culvert.api.waypoint.RouteSet;
import dev.culvert.api.waypoint.TcpRule;
import dev.culvert.waypoint.match.TextPattern;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The rules of one set by server name. Immutable.
///
/// Names are compared without regard to case and to a dot at their end. `*.suffix` stands for one
/// label or more. The most specific name wins: the name itself, then the longest suffix, then a
/// rule without names; where rules count as they are listed, the first of those that match.
final class ServerNameIndex {
    /// By name, by ".suffix" and, for rules without names, by the empty text; each the rule that
    /// is listed first.
    private final Map<String, Ranked> byName;
    private final boolean asListed;

    private ServerNameIndex(Map<String, Ranked> byName, boolean asListed) {
        this.byName = Map.copyOf(byName);
        this.asListed = asListed;
    }

    /// @param problems where to add what is wrong with the rules
    static ServerNameIndex compile(RouteSet set, List<RouteProblem> problems) {
        Map<String, Ranked> byName = new HashMap<>();
        int rank = 0;
        for (TcpRule rule : set.getTcpList()) {
            TcpTarget target = new TcpTarget(rule);
            target.problems().forEach(problem -> problems.add(new RouteProblem(target.name(), problem)));
            Ranked ranked = new Ranked(rank++, target);
            if (rule.getServerNamesCount() == 0) {
                byName.putIfAbsent("", ranked);
            }
            for (String name : rule.getServerNamesList()) {
                String key = fold(name);
                byName.putIfAbsent(key.startsWith("*") ? key.substring(1) : key, ranked);
            }
        }
        return new ServerNameIndex(byName, set.getOrder() == RouteSet.Order.AS_LISTED);
    }

    /// The rule for a name, which may be empty; null when none matches.
    @Nullable
    TcpTarget find(String serverName) {
        Ranked best = null;
        String name = fold(serverName);
        int from = 0;
        while (from >= 0 && from < name.length()) {
            best = better(best, byName.get(name.substring(from)));
            from = name.indexOf('.', from + 1);
        }
        best = better(best, byName.get(""));
        return best == null ? null : best.target();
    }

    /// Whether some rule names a server.
    boolean named() {
        return byName.size() > 1 || !byName.containsKey("");
    }

    private @Nullable Ranked better(@Nullable Ranked specific, @Nullable Ranked general) {
        if (specific == null || general == null) {
            return specific == null ? general : specific;
        }
        return asListed && general.rank() < specific.rank() ? general : specific;
    }

    private static String fold(String name) {
        String folded = TextPattern.fold(name);
        return folded.endsWith(".") ? folded.substring(0, folded.length() - 1) : folded;
    }

    private record Ranked(int rank, TcpTarget target) {}
}
