package dev.culvert.waypoint.http;

import dev.culvert.waypoint.exchange.LocalReply;
import dev.culvert.waypoint.exchange.RequestHead;
import dev.culvert.waypoint.filter.BackendTarget;
import dev.culvert.waypoint.filter.FilterContext;
import dev.culvert.waypoint.filter.FilterOutcome;
import dev.culvert.waypoint.filter.ResponseEdits;
import dev.culvert.waypoint.route.BackendChoice;
import dev.culvert.waypoint.route.CompiledRule;
import dev.culvert.waypoint.route.RetryRule;
import dev.culvert.waypoint.route.RouteDecision;
import dev.culvert.waypoint.route.RouteMatch;
import dev.culvert.waypoint.world.Served;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// What the rules say of a request. Immutable.
sealed interface Routing {

    /// A rule matched, and its filters are still to be applied.
    record Ruled(CompiledRule rule, RouteMatch match) implements Routing {}

    /// It is known where it goes.
    record Plain(Plan plan) implements Routing {}

    /// It goes nowhere.
    record Answer(LocalReply reply) implements Routing {}

    static Routing of(Served served, RequestHead head, String clientNamespace) {
        return switch (served) {
            case Served.WorkloadPort one -> plain(new Plan.To.One(one.workload(), one.port()), RetryRule.DEFAULT);
            case Served.ServicePort port ->
                switch (port.routes().decide(head, clientNamespace)) {
                    case RouteDecision.Matched(CompiledRule rule, RouteMatch match) -> new Ruled(rule, match);
                    case RouteDecision.NoMatch _ -> new Answer(LocalReply.text(404, "", "NR", "route_not_found"));
                    case RouteDecision.NoRoutes _ ->
                        plain(
                                new Plan.To.AnyOf(
                                        new BackendTarget(port.service().cluster(), port.port(), "")),
                                port.service().defaultRetry());
                };
        };
    }

    private static Routing plain(Plan.To to, RetryRule retry) {
        return new Plain(new Plan(to, retry, Duration.ZERO, Duration.ZERO, List.of(), ResponseEdits.NONE));
    }

    /// Applies the filters of a rule, draws a backend, and applies its filters.
    static Routing filter(Ruled ruled, RequestHead head, int port, RandomGenerator random) {
        CompiledRule rule = ruled.rule();
        FilterContext context = new FilterContext(ruled.match().path(), port, random);
        return switch (rule.filters().onRequest(head, context)) {
            case FilterOutcome.Reply(LocalReply reply) -> new Answer(reply);
            case FilterOutcome.Continue outer -> choose(rule, outer, head, context);
        };
    }

    private static Routing choose(
            CompiledRule rule, FilterOutcome.Continue outer, RequestHead head, FilterContext context) {
        return switch (rule.choose(context.random())) {
            case BackendChoice.Refused(LocalReply reply) ->
                new Answer(outer.response().apply(reply));
            case BackendChoice.Chosen(BackendTarget target, var filters) ->
                switch (filters.onRequest(head, context)) {
                    case FilterOutcome.Reply(LocalReply reply) ->
                        new Answer(outer.response().apply(reply));
                    case FilterOutcome.Continue inner -> new Plain(plan(rule, target, outer, inner));
                };
        };
    }

    private static Plan plan(
            CompiledRule rule, BackendTarget target, FilterOutcome.Continue outer, FilterOutcome.Continue inner) {
        List<BackendTarget> mirrors = new ArrayList<>(outer.mirrors());
        mirrors.addAll(inner.mirrors());
        return new Plan(
                new Plan.To.AnyOf(target),
                rule.retry(),
                rule.requestTimeout(),
                Plan.shorter(rule.backendTimeout(), rule.retry().perTryTimeout()),
                mirrors,
                inner.response().then(outer.response()));
    }
}
