package dev.culvert.waypoint.filter;

/// How a route matched the path of a request. Immutable.
public sealed interface MatchedPath {
    /// A route without a condition on the path matches as the prefix `/` does.
    MatchedPath ROOT = new Segments("");

    /// By the whole path, or by a regular expression: what replaces the prefix replaces all of
    /// it.
    record Whole() implements MatchedPath {}

    /// By a prefix of whole segments.
    ///
    /// @param prefix without a slash at its end
    record Segments(String prefix) implements MatchedPath {}

    /// By a prefix that may end inside of a segment.
    record Text(String prefix) implements MatchedPath {}
}
