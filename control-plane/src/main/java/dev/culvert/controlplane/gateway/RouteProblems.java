package dev.culvert.controlplane.gateway;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.culvert.api.waypoint.Backend;
import dev.culvert.api.waypoint.Filter;
import dev.culvert.api.waypoint.HttpMatch;
import dev.culvert.api.waypoint.HttpRule;
import dev.culvert.api.waypoint.NamedMatch;
import dev.culvert.api.waypoint.RouteSet;
import dev.culvert.api.waypoint.TcpRule;
import dev.culvert.kube.SourceProblem;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// What of rules cannot be followed, for those who wrote them. Pure.
public final class RouteProblems {
    private RouteProblems() {}

    /// All of a plan, each with the rule's name.
    public static List<SourceProblem> of(ServicePlan plan) {
        Set<SourceProblem> found = new LinkedHashSet<>();
        plan.ports().stream().flatMap(port -> port.getRoutesList().stream()).forEach(set -> add(set, found));
        return List.copyOf(found);
    }

    private static void add(RouteSet set, Set<SourceProblem> found) {
        for (HttpRule rule : set.getHttpList()) {
            of(rule).forEach(reason -> found.add(problem(rule.getName(), reason)));
            backends(rule.getBackendsList()).forEach(reason -> found.add(problem(rule.getName(), reason)));
        }
        for (TcpRule rule : set.getTcpList()) {
            backends(rule.getBackendsList()).forEach(reason -> found.add(problem(rule.getName(), reason)));
        }
    }

    private static SourceProblem problem(String rule, String reason) {
        return new SourceProblem(rule, 0, "", reason);
    }

    private static List<String> backends(List<Backend> backends) {
        return backends.stream()
                .map(Backend::getInvalid)
                .filter(reason -> !reason.isEmpty())
                .toList();
    }

    /// Of filters and conditions; a rule with any answers 500.
    static List<String> of(HttpRule rule) {
        List<String> found = new ArrayList<>();
        Stream.concat(
                        rule.getFiltersList().stream(),
                        rule.getBackendsList().stream().flatMap(backend -> backend.getFiltersList().stream()))
                .map(Filter::getUnsupported)
                .filter(reason -> !reason.isEmpty())
                .forEach(found::add);
        rule.getMatchesList().stream()
                .flatMap(RouteProblems::expressions)
                .map(RouteProblems::syntax)
                .filter(reason -> !reason.isEmpty())
                .forEach(found::add);
        return found;
    }

    private static Stream<String> expressions(HttpMatch match) {
        Stream<NamedMatch> named =
                Stream.concat(match.getHeadersList().stream(), match.getQueryParametersList().stream());
        return Stream.of(
                        Stream.of(match.getPath().getRegex()),
                        named.map(each -> each.getValue().getRegex()),
                        Stream.of(
                                match.getMethod().getRegex(),
                                match.getScheme().getRegex(),
                                match.getAuthority().getRegex(),
                                match.getGrpc().getService().getRegex(),
                                match.getGrpc().getMethod().getRegex()))
                .flatMap(each -> each)
                // Counted repetitions can make an automaton large: waypoints judge those, within their limits.
                .filter(regex -> !regex.isEmpty() && regex.indexOf('{') < 0);
    }

    private static String syntax(String regex) {
        try {
            var _ = Pattern.compile(regex);
            return "";
        } catch (PatternSyntaxException e) {
            return "the regular expression " + regex + " is not of RE2's syntax: " + e.getMessage();
        }
    }
}
