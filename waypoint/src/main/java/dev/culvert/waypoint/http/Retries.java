package dev.culvert.waypoint.http;

import dev.culvert.waypoint.exchange.ResponseHead;
import dev.culvert.waypoint.exchange.UpstreamFailure.Kind;
import dev.culvert.waypoint.route.RetryCondition;
import dev.culvert.waypoint.route.RetryRule;
import io.netty.util.AsciiString;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Whether a try that failed is worth another. Without state.
final class Retries {
    private static final int LONGEST = 10;

    private Retries() {}

    /// No usable answer came.
    ///
    /// @param idempotent whether the method may be carried out twice without harm
    static boolean after(Kind kind, boolean idempotent, RetryRule rule) {
        boolean any = has(rule, RetryCondition.RESET, RetryCondition.SERVER_ERROR);
        return switch (kind) {
            case NOT_CONNECTED, CONNECT_TIMEOUT ->
                any || has(rule, RetryCondition.CONNECT_FAILURE, RetryCondition.GATEWAY_ERROR);
            case REFUSED -> any || has(rule, RetryCondition.REFUSED_STREAM, RetryCondition.RESET_BEFORE_REQUEST);
            // the backend closed a connection that it had kept, which says nothing of the request
            case STALE -> idempotent || any || has(rule, RetryCondition.GATEWAY_ERROR);
            case LOST, RESET -> any || has(rule, RetryCondition.GATEWAY_ERROR);
            case MALFORMED -> has(rule, RetryCondition.SERVER_ERROR);
            case OVERFLOW -> false;
        };
    }

    /// The time for a try ran out.
    static boolean afterTimeout(RetryRule rule) {
        return has(rule, RetryCondition.RESET, RetryCondition.SERVER_ERROR) || has(rule, RetryCondition.GATEWAY_ERROR);
    }

    /// An answer came.
    static boolean after(ResponseHead head, RetryRule rule) {
        int status = head.status();
        if ((status >= 500 && has(rule, RetryCondition.SERVER_ERROR))
                || (status >= 502 && status <= 504 && has(rule, RetryCondition.GATEWAY_ERROR))
                || (status == 409 && has(rule, RetryCondition.RETRIABLE_4XX))
                || (rule.statuses().contains(status) && has(rule, RetryCondition.RETRIABLE_STATUS_CODES))) {
            return true;
        }
        if (status == 429 && head.headers().contains("x-envoy-ratelimited")) {
            return has(rule, RetryCondition.ENVOY_RATELIMITED);
        }
        RetryCondition grpc = grpc(head.headers().get("grpc-status"));
        return grpc != null && has(rule, grpc);
    }

    private static @Nullable RetryCondition grpc(@Nullable CharSequence status) {
        if (status == null) {
            return null;
        }
        return switch (AsciiString.of(status).toString()) {
            case "1" -> RetryCondition.CANCELLED;
            case "4" -> RetryCondition.DEADLINE_EXCEEDED;
            case "8" -> RetryCondition.RESOURCE_EXHAUSTED;
            case "13" -> RetryCondition.INTERNAL;
            case "14" -> RetryCondition.UNAVAILABLE;
            default -> null;
        };
    }

    private static boolean has(RetryRule rule, RetryCondition... conditions) {
        for (RetryCondition condition : conditions) {
            if (rule.on().contains(condition)) {
                return true;
            }
        }
        return false;
    }

    /// How long to wait before a try, by chance up to a bound that doubles, so that tries of many
    /// clients spread.
    ///
    /// @param tries that have ended
    static Duration pause(RetryRule rule, int tries, RandomGenerator random) {
        long base = Math.max(1, rule.backoff().toNanos());
        long bound = Math.min(base * LONGEST, base << (Math.min(tries, 20) - 1));
        return Duration.ofNanos(random.nextLong(Math.max(1, bound)));
    }

    static boolean isIdempotent(String method) {
        return switch (method) {
            case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE" -> true;
            default -> false;
        };
    }
}
