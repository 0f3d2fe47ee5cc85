package dev.culvert.waypoint.upstream;

import dev.culvert.api.waypoint.RetryPolicy;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// When a request is tried again. Immutable.
///
/// @param attempts beyond the first
/// @param on words of Istio's `retryOn`, lower case
/// @param statuses of HTTP that are tried again
/// @param perTry time for each try; null for none of its own
/// @param backoff base of the time between tries
public record RetryRules(
        int attempts,
        Set<String> on,
        Set<Integer> statuses,
        @Nullable Duration perTry,
        Duration backoff) {
    private static final Duration BASE = Duration.ofMillis(25);
    private static final int LONGEST = 10;

    /// What holds when neither a route nor the mesh says anything.
    public static final RetryRules DEFAULT = new RetryRules(
            2, Set.of("connect-failure", "refused-stream", "unavailable", "cancelled"), Set.of(), null, BASE);

    public RetryRules {
        on = Set.copyOf(on);
        statuses = Set.copyOf(statuses);
    }

    /// A number among the words is a status, as Istio has it.
    public static RetryRules decode(RetryPolicy message) {
        Set<String> words = new HashSet<>();
        Set<Integer> statuses = new HashSet<>(message.getStatusesList());
        for (String each : message.getOnList()) {
            for (String word : List.of(each.split(",", -1))) {
                String text = word.trim().toLowerCase(Locale.ROOT);
                if (text.matches("[1-5][0-9]{2}")) {
                    statuses.add(Integer.valueOf(text));
                } else if (!text.isEmpty()) {
                    words.add(text);
                }
            }
        }
        return new RetryRules(
                message.getAttempts(),
                words.isEmpty() && statuses.isEmpty() ? DEFAULT.on() : words,
                statuses,
                message.hasPerTryTimeout() ? TrafficPolicyDecoder.duration(message.getPerTryTimeout()) : null,
                message.hasBackoff() ? TrafficPolicyDecoder.duration(message.getBackoff()) : BASE);
    }

    /// How a try ended that could be followed by another.
    public sealed interface Ending {
        /// A response's head came.
        ///
        /// @param grpcStatus when the response was one of gRPC without a body; else -1
        record Answered(int status, int grpcStatus) implements Ending {}

        /// No connection could be had; the request was not sent.
        record NotConnected() implements Ending {}

        /// The server said that it did not process the request (REFUSED_STREAM, or a GOAWAY below its stream).
        record Refused() implements Ending {}

        /// The connection or the stream was lost before a response's head.
        ///
        /// @param sent whether any of the request may have reached the server
        record Reset(boolean sent) implements Ending {}

        /// The time for a try ran out.
        record TimedOut() implements Ending {}
    }

    /// Whether to try again after so many tries.
    ///
    /// @param tries that have ended, the first too
    public boolean again(Ending ending, int tries) {
        return tries <= attempts && matches(ending);
    }

    private boolean matches(Ending ending) {
        return switch (ending) {
            case Ending.Answered(int status, int grpc) ->
                statuses.contains(status)
                        || (on.contains("5xx") && status >= 500)
                        || (on.contains("gateway-error") && status >= 502 && status <= 504)
                        || (on.contains("retriable-4xx") && status == 409)
                        || (on.contains("envoy-ratelimited") && status == 429)
                        || matchesGrpc(grpc);
            case Ending.NotConnected() ->
                on.contains("connect-failure")
                        || on.contains("5xx")
                        || on.contains("gateway-error")
                        || on.contains("reset");
            case Ending.Refused() -> on.contains("refused-stream") || on.contains("5xx") || on.contains("reset");
            case Ending.Reset(boolean sent) ->
                on.contains("reset")
                        || on.contains("5xx")
                        || on.contains("gateway-error")
                        || (!sent && (on.contains("connect-failure") || on.contains("reset-before-request")));
            case Ending.TimedOut() -> on.contains("5xx") || on.contains("gateway-error") || on.contains("reset");
        };
    }

    private boolean matchesGrpc(int status) {
        return switch (status) {
            case 1 -> on.contains("cancelled");
            case 4 -> on.contains("deadline-exceeded");
            case 8 -> on.contains("resource-exhausted");
            case 13 -> on.contains("internal");
            case 14 -> on.contains("unavailable");
            default -> false;
        };
    }

    /// How long to wait before a try, by chance up to a bound that doubles, so that tries of many clients spread.
    ///
    /// @param tries that have ended
    public Duration pause(int tries, RandomGenerator random) {
        long base = Math.max(1, backoff.toNanos());
        long bound = Math.min(base * LONGEST, base << (Math.clamp(tries, 1, 20) - 1));
        return Duration.ofNanos(random.nextLong(Math.max(1, bound)));
    }
}
