package dev.culvert.waypoint.route;

/// Which rule an opaque connection takes. Immutable.
public sealed interface TcpDecision {

    /// A rule matched.
    record Matched(TcpTarget rule) implements TcpDecision {}

    /// There are rules, and none matches: the connection is closed.
    record NoMatch() implements TcpDecision {
        static final NoMatch NO_MATCH = new NoMatch();
    }

    /// There are no rules for this client: the connection goes to the service that it addressed.
    record NoRoutes() implements TcpDecision {
        static final NoRoutes NO_ROUTES = new NoRoutes();
    }
}
