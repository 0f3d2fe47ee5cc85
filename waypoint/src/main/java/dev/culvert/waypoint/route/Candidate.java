package dev.culvert.waypoint.route;

/// A match in its place among the others of its set. Immutable.
///
/// @param rank 0 for the one to be tried first
record Candidate(int rank, Condition condition, RouteDecision.Matched matched) {}
