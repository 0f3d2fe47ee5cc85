package dev.culvert.waypoint.ratelimit;

import dev.culvert.api.envoy.HeaderValue;
import dev.culvert.api.envoy.RateLimitResponse;
import dev.culvert.api.envoy.RateLimitResponse.DescriptorStatus;
import dev.culvert.api.envoy.RateLimitResponse.RateLimit.Unit;
import dev.culvert.waypoint.exchange.Bytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Verdicts from answers of the rate-limit service. Stateless.
final class GlobalAnswer {
    private GlobalAnswer() {}

    static RateVerdict verdict(RateLimitResponse answer) {
        DescriptorStatus tightest = tightest(answer.getStatusesList());
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        if (tightest != null) {
            fields.addAll(RateFields.quota(
                    description(tightest, answer.getStatusesList()), tightest.getLimitRemaining(), reset(tightest)));
        }
        fields.addAll(fields(answer.getResponseHeadersToAddList()));
        if (answer.getOverallCode() == RateLimitResponse.Code.OK) {
            return new RateVerdict.Admit(fields(answer.getRequestHeadersToAddList()), fields);
        }
        return new RateVerdict.Refuse(RateFields.overLimit(
                retryAfter(answer.getStatusesList()),
                fields,
                Bytes.of(answer.getRawBody().toByteArray()),
                "request_rate_limited"));
    }

    /// The status of a limit with the least left.
    private static @Nullable DescriptorStatus tightest(List<DescriptorStatus> statuses) {
        DescriptorStatus tightest = null;
        for (DescriptorStatus status : statuses) {
            if (status.hasCurrentLimit() && (tightest == null || remaining(status) < remaining(tightest))) {
                tightest = status;
            }
        }
        return tightest;
    }

    /// The number, and all limits with their windows: `10, 10;w=1;name="per-client", 100;w=60`.
    private static String description(DescriptorStatus tightest, List<DescriptorStatus> statuses) {
        StringBuilder text = new StringBuilder(
                Integer.toUnsignedString(tightest.getCurrentLimit().getRequestsPerUnit()));
        for (DescriptorStatus status : statuses) {
            long window = seconds(status.getCurrentLimit().getUnit());
            if (status.hasCurrentLimit() && window > 0) {
                text.append(", ")
                        .append(Integer.toUnsignedString(
                                status.getCurrentLimit().getRequestsPerUnit()))
                        .append(";w=")
                        .append(window);
                if (!status.getCurrentLimit().getName().isEmpty()) {
                    text.append(";name=\"")
                            .append(status.getCurrentLimit().getName())
                            .append('"');
                }
            }
        }
        return text.toString();
    }

    /// When the last of those that are over the limit begins anew.
    private static Duration retryAfter(List<DescriptorStatus> statuses) {
        Duration latest = Duration.ZERO;
        for (DescriptorStatus status : statuses) {
            if (status.getCode() == RateLimitResponse.Code.OVER_LIMIT
                    && reset(status).compareTo(latest) > 0) {
                latest = reset(status);
            }
        }
        return latest;
    }

    private static Duration reset(DescriptorStatus status) {
        return Duration.ofSeconds(
                status.getDurationUntilReset().getSeconds(),
                status.getDurationUntilReset().getNanos());
    }

    private static long remaining(DescriptorStatus status) {
        return Integer.toUnsignedLong(status.getLimitRemaining());
    }

    private static long seconds(Unit unit) {
        return switch (unit) {
            case SECOND -> 1;
            case MINUTE -> 60;
            case HOUR -> 3_600;
            case DAY -> 86_400;
            case MONTH -> 2_592_000;
            case YEAR -> 31_536_000;
            case UNKNOWN, UNRECOGNIZED -> 0;
        };
    }

    private static List<Map.Entry<String, String>> fields(List<HeaderValue> values) {
        List<Map.Entry<String, String>> fields = new ArrayList<>(values.size());
        for (HeaderValue value : values) {
            String text = value.getRawValue().isEmpty()
                    ? value.getValue()
                    : value.getRawValue().toStringUtf8();
            fields.add(Map.entry(value.getKey(), text));
        }
        return fields;
    }
}
