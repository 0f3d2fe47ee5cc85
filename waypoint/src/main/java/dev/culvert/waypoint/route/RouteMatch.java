package dev.culvert.waypoint.route;

import dev.culvert.waypoint.filter.MatchedPath;

/// The condition of a rule that held. Immutable.
///
/// @param name its own, for logs; may be empty
/// @param path how it matched the path, which filters need
public record RouteMatch(String name, MatchedPath path) {}
