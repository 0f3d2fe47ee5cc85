package dev.culvert.waypoint.policy;

import dev.culvert.waypoint.exchange.Bytes;
import dev.culvert.waypoint.exchange.LocalReply;
import java.util.concurrent.CompletionStage;

/// What to do next with a request or connection that is being judged.
///
/// Immutable. [Continue] and [Refuse] are ends; the other two lead to a further step.
public sealed interface PolicyStep {

    /// It may proceed. The head of the request has been changed in place as policy wants it.
    record Continue(Admission admission) implements PolicyStep {}

    /// It must not. A connection that is no HTTP is closed, with `reply.details()` as the reason.
    record Refuse(LocalReply reply) implements PolicyStep {}

    /// The beginning of the body is wanted before anything can be said.
    ///
    /// @param maxBytes to gather at most; the bytes stay the caller's to forward
    /// @param then to be called on the loop, when the body has ended or is found to be longer
    record NeedsBody(int maxBytes, BodyThen then) implements PolicyStep {}

    /// Somebody else was asked.
    ///
    /// @param next completes on the loop of the exchange, never exceptionally; whoever lost
    ///     interest
    ///     need not wait
    record Pending(CompletionStage<PolicyStep> next) implements PolicyStep {}

    /// How judging goes on once the beginning of the body is there.
    @FunctionalInterface
    interface BodyThen {
        /// What is to be done now.
        ///
        /// @param beginning of the body, `maxBytes` of it at most
        /// @param whole whether there is no more than that
        PolicyStep judge(Bytes beginning, boolean whole);
    }
}
