package dev.culvert.waypoint.observe;

import dev.culvert.api.waypoint.MetricOverride;
import dev.culvert.api.waypoint.Metrics;
import dev.culvert.waypoint.exchange.ExchangeRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What the Telemetry API changes of the metrics of requests. Immutable.
///
/// @param wanted which are counted
/// @param tags label to what takes its place; null in the value's stead removes the label
/// @param problems what cannot be done, for an operator
record MetricRules(RequestMetrics.Wanted wanted, Map<String, Expression> tags, List<String> problems) {
    static final MetricRules NONE = new MetricRules(RequestMetrics.Wanted.ALL, Map.of(), List.of());
    private static final Map<String, String> ENUM_NAMES = Map.of(
            "REQUEST_COUNT", "istio_requests_total",
            "REQUEST_DURATION", "istio_request_duration_milliseconds",
            "REQUEST_SIZE", "istio_request_bytes",
            "RESPONSE_SIZE", "istio_response_bytes",
            "GRPC_REQUEST_MESSAGES", "istio_request_messages_total",
            "GRPC_RESPONSE_MESSAGES", "istio_response_messages_total",
            "ALL_METRICS", "");

    static MetricRules compile(Metrics message) {
        if (message.getDisabled()) {
            return new MetricRules(RequestMetrics.Wanted.NONE, Map.of(), List.of());
        }
        Set<String> disabled = new HashSet<>();
        Map<String, Expression> tags = new HashMap<>();
        List<String> problems = new ArrayList<>();
        for (MetricOverride override : message.getOverridesList()) {
            String metric = ENUM_NAMES.getOrDefault(override.getMetric(), override.getMetric());
            if (override.getDisabled()) {
                disabled.add(metric);
            } else {
                disabled.remove(metric);
            }
            override.getTagsMap().forEach((label, source) -> tag(metric, label, source, tags, problems));
        }
        if (disabled.contains("")) {
            return new MetricRules(RequestMetrics.Wanted.NONE, Map.of(), problems);
        }
        RequestMetrics.Wanted wanted = new RequestMetrics.Wanted(
                !disabled.contains("istio_requests_total"),
                !disabled.contains("istio_request_duration_milliseconds"),
                !disabled.contains("istio_request_bytes"),
                !disabled.contains("istio_response_bytes"),
                !disabled.contains("istio_request_messages_total"));
        return new MetricRules(wanted, Map.copyOf(tags), List.copyOf(problems));
    }

    /// Metrics of one set of labels are one family here, so a label is changed for all of them.
    private static void tag(
            String metric, String label, String source, Map<String, Expression> tags, List<String> problems) {
        if (!RequestLabels.NAMES.contains(label)) {
            problems.add("label " + label + " of " + (metric.isEmpty() ? "all metrics" : metric)
                    + " is not among those of Istio; it is left out");
            return;
        }
        try {
            tags.put(label, source.isEmpty() ? _ -> "" : Expression.compile(source));
        } catch (IllegalArgumentException e) {
            problems.add("label " + label + ": " + e.getMessage());
        }
    }

    /// Names and values in turn; an empty value stands for a label that is not there.
    List<String> overrides(ExchangeRecord exchange) {
        if (tags.isEmpty()) {
            return List.of();
        }
        List<String> pairs = new ArrayList<>();
        tags.forEach((label, expression) -> {
            Object value = expression.value(exchange);
            pairs.add(label);
            pairs.add(value == null ? "unknown" : value.toString());
        });
        return pairs;
    }
}
