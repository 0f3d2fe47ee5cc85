package dev.culvert.waypoint.policy.external;

import dev.culvert.waypoint.exchange.InternalCalls;
import java.util.concurrent.CompletionStage;

/// Somebody outside of the waypoint who says whether a request may proceed.
///
/// Immutable; asks on the loop of the exchange.
public sealed interface Authorizer permits GrpcAuthorizer, HttpAuthorizer, UnusableAuthorizer {

    /// How much of the body it wants to see, at most; 0 for none of it.
    int bodyBytes();

    /// Whether the beginning alone of a longer body will do.
    boolean partialBody();

    /// Asks about a request.
    ///
    /// @return completes on the same loop, never exceptionally
    CompletionStage<CheckResult> check(CheckSubject subject, InternalCalls calls);

    /// Asks about a connection that is no HTTP.
    ///
    /// @return completes on the same loop, never exceptionally
    CompletionStage<CheckResult> checkConnection(CheckSubject.Connection subject, InternalCalls calls);
}
