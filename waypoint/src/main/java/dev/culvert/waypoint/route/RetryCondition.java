package dev.culvert.waypoint.route;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What makes a failed try worth another: the words of Istio's `retryOn`. Immutable.
public enum RetryCondition {
    /// No connection to the backend came about.
    CONNECT_FAILURE,
    /// The backend refused the stream before it looked at the request.
    REFUSED_STREAM,
    /// The backend did not answer at all: it closed, reset or let the try's time pass.
    RESET,
    /// As RESET, but only while nothing of the request was sent.
    RESET_BEFORE_REQUEST,
    /// Any status of 500 and more, or no answer.
    SERVER_ERROR,
    /// 502, 503 or 504.
    GATEWAY_ERROR,
    /// 409.
    RETRIABLE_4XX,
    /// A status that the policy lists.
    RETRIABLE_STATUS_CODES,
    /// 429 of Envoy's rate limit (it bears `x-envoy-ratelimited`).
    ENVOY_RATELIMITED,
    /// Status 1 of gRPC.
    CANCELLED,
    /// Status 4 of gRPC.
    DEADLINE_EXCEEDED,
    /// Status 13 of gRPC.
    INTERNAL,
    /// Status 8 of gRPC.
    RESOURCE_EXHAUSTED,
    /// Status 14 of gRPC.
    UNAVAILABLE;

    /// The condition that `word` names; null when there is none.
    static @Nullable RetryCondition parse(String word) {
        String name = word.toLowerCase(Locale.ROOT);
        if (name.equals("5xx")) {
            return SERVER_ERROR;
        }
        for (RetryCondition condition : values()) {
            if (condition != SERVER_ERROR
                    && condition
                            .name()
                            .toLowerCase(Locale.ROOT)
                            .replace('_', '-')
                            .equals(name)) {
                return condition;
            }
        }
        return null;
    }
}
