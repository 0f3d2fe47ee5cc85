package dev.culvert.waypoint.ratelimit;

import dev.culvert.waypoint.exchange.Bytes;
import dev.culvert.waypoint.exchange.LocalReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The header fields that clients of Envoy look at (draft-polli-ratelimit-headers-03; RFC 9110,
/// 10.2.3). Stateless.
final class RateFields {
    private static final int TOO_MANY_REQUESTS = 429;
    private static final String QUOTA = "x-ratelimit-";

    private RateFields() {}

    /// How much of a limit is left.
    ///
    /// @param limit the number of requests, with a description of it where there is one
    static List<Map.Entry<String, String>> quota(String limit, long remaining, Duration reset) {
        return List.of(
                Map.entry(QUOTA + "limit", limit),
                Map.entry(QUOTA + "remaining", Long.toString(remaining)),
                Map.entry(QUOTA + "reset", Long.toString(seconds(reset))));
    }

    static boolean isQuota(String name) {
        return name.startsWith(QUOTA);
    }

    static boolean contains(List<Map.Entry<String, String>> fields, String name) {
        return fields.stream().anyMatch(field -> field.getKey().equalsIgnoreCase(name));
    }

    /// The answer to a request over its limit. A call of gRPC is told RESOURCE_EXHAUSTED by the
    /// field that the reply carries for it; `x-envoy-ratelimited` is what retry policies of Envoy
    /// go by.
    static LocalReply overLimit(Duration retryAfter, List<Map.Entry<String, String>> more, Bytes body, String details) {
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        fields.add(Map.entry("retry-after", Long.toString(Math.max(1, seconds(retryAfter)))));
        fields.add(Map.entry("x-envoy-ratelimited", "true"));
        fields.add(Map.entry("grpc-status", "8"));
        fields.addAll(more);
        return new LocalReply(TOO_MANY_REQUESTS, fields, body, "RL", details);
    }

    /// Whole seconds, rounded up.
    private static long seconds(Duration duration) {
        return duration.getSeconds() + (duration.getNano() > 0 ? 1 : 0);
    }
}
