package dev.culvert.waypoint.route;

/// Something wrong with a rule, for the operator. Immutable.
///
/// @param rule its name
public record RouteProblem(String rule, String what) {}
