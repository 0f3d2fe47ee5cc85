package dev.culvert.waypoint.route;

/// Which rule of HTTP a request takes. Immutable.
public sealed interface RouteDecision {

    /// A rule matched.
    record Matched(CompiledRule rule, RouteMatch match) implements RouteDecision {}

    /// There are rules, and none matches: the answer is 404.
    record NoMatch() implements RouteDecision {
        static final NoMatch NO_MATCH = new NoMatch();
    }

    /// There are no rules for this client: the request goes to the service that it addressed.
    record NoRoutes() implements RouteDecision {
        static final NoRoutes NO_ROUTES = new NoRoutes();
    }
}
