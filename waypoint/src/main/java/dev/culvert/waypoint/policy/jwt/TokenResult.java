package dev.culvert.waypoint.policy.jwt;

import dev.culvert.waypoint.exchange.LocalReply;

/// What became of the token of a request.
///
/// Immutable.
public sealed interface TokenResult {

    /// It brought none, which is for authorization policies to judge.
    record Absent() implements TokenResult {}

    /// It brought one that is right.
    record Verified(Claims claims) implements TokenResult {}

    /// It brought one that is not.
    ///
    /// @param why for logs and metrics, words joined by underscores
    record Refused(String why, LocalReply reply) implements TokenResult {}
}
