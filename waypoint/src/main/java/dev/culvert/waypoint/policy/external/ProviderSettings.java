package dev.culvert.waypoint.policy.external;

import dev.culvert.waypoint.exchange.Bytes;
import dev.culvert.waypoint.exchange.InternalCalls;
import dev.culvert.waypoint.exchange.RequestHead;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/// What authorizers of both protocols have in common.
///
/// Immutable.
///
/// @param cluster name of the cluster, `namespace/hostname`
/// @param bodyBytes how much of the body is shown; 0 for none
/// @param routeAgain whether a changed request has its route chosen again
record ProviderSettings(
        String cluster,
        int port,
        Duration timeout,
        FailureMode onFailure,
        int bodyBytes,
        boolean partialBody,
        boolean routeAgain) {
    /// Of an authorizer's answer; the body of a refusal is the largest part of it.
    private static final int MAX_RESPONSE_BYTES = 256 << 10;

    /// Tells an authorizer that was sent a body whether it is the beginning alone.
    static final String PARTIAL_BODY = "x-envoy-auth-partial-body";

    String hostname() {
        return cluster.substring(cluster.indexOf('/') + 1);
    }

    /// Sends a call and reads its answer; whatever goes wrong on the way is a failure of the
    /// authorizer.
    CompletionStage<CheckResult> send(
            InternalCalls calls,
            boolean http2,
            RequestHead head,
            Bytes body,
            Function<InternalCalls.Reply, CheckResult> read) {
        try {
            InternalCalls.Target to = new InternalCalls.Target(cluster, port, http2);
            return calls.call(new InternalCalls.Request(to, head, body.toBuffer(), timeout, MAX_RESPONSE_BYTES))
                    .handle((reply, failure) -> {
                        if (failure != null || reply == null) {
                            return onFailure.failed(String.valueOf(failure == null ? null : failure.getMessage()));
                        }
                        return readSafely(reply, read);
                    });
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(onFailure.failed(String.valueOf(e)));
        }
    }

    private CheckResult readSafely(InternalCalls.Reply reply, Function<InternalCalls.Reply, CheckResult> read) {
        try {
            return read.apply(reply);
        } catch (RuntimeException e) {
            return onFailure.failed("the answer cannot be read: " + e.getMessage());
        }
    }
}
