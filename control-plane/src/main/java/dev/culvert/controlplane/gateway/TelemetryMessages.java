package dev.culvert.controlplane.gateway;

import dev.culvert.api.waypoint.AccessLog;
import dev.culvert.api.waypoint.MetricOverride;
import dev.culvert.api.waypoint.Metrics;
import dev.culvert.api.waypoint.Telemetry;
import dev.culvert.api.waypoint.Tracing;
import dev.culvert.controlplane.config.WaypointDefaults;
import dev.culvert.kube.resource.Telemetry.AccessLogging;
import dev.culvert.kube.resource.Telemetry.Mode;
import dev.culvert.kube.resource.Telemetry.Tag;
import dev.culvert.kube.resource.Telemetry.TagOverride;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Joins what Telemetry resources say into the settings of one service or workload. Confined to one call.
///
/// Narrower resources win: what one of them says of a provider stands for what wider ones say of it.
public final class TelemetryMessages {
    private static final double PER_PERCENT = 10_000;
    private static final Map<String, String> METRICS = Map.of(
            "ALL_METRICS", "",
            "REQUEST_COUNT", "istio_requests_total",
            "REQUEST_DURATION", "istio_request_duration_milliseconds",
            "REQUEST_SIZE", "istio_request_bytes",
            "RESPONSE_SIZE", "istio_response_bytes",
            "TCP_OPENED_CONNECTIONS", "istio_tcp_connections_opened_total",
            "TCP_CLOSED_CONNECTIONS", "istio_tcp_connections_closed_total",
            "TCP_SENT_BYTES", "istio_tcp_sent_bytes_total",
            "TCP_RECEIVED_BYTES", "istio_tcp_received_bytes_total",
            "GRPC_REQUEST_MESSAGES", "istio_request_messages_total");

    private final WaypointDefaults defaults;
    private final Map<String, String> logs = new LinkedHashMap<>();
    private final List<MetricOverride> overrides = new ArrayList<>();
    private final List<Tracing.CustomTag> tags = new ArrayList<>();
    private List<String> tracers;
    private double sampled;
    private boolean noSpans;

    private TelemetryMessages(WaypointDefaults defaults) {
        this.defaults = defaults;
        defaults.accessLogging().forEach(provider -> logs.put(provider, ""));
        tracers = defaults.tracing();
        sampled = defaults.sampledPercent();
    }

    /// The settings that result.
    ///
    /// @param layers from the widest to the narrowest
    public static Telemetry of(WaypointDefaults defaults, List<dev.culvert.kube.resource.Telemetry> layers) {
        TelemetryMessages joined = new TelemetryMessages(defaults);
        layers.forEach(joined::add);
        return joined.build();
    }

    private void add(dev.culvert.kube.resource.Telemetry layer) {
        layer.accessLogging().forEach(this::addLog);
        layer.metrics().forEach(metrics -> metrics.overrides().forEach(this::addOverride));
        layer.tracing().stream().filter(tracing -> serves(tracing.mode())).forEach(this::addTracing);
    }

    /// A waypoint stands where servers do.
    private static boolean serves(Mode mode) {
        return mode != Mode.CLIENT;
    }

    private void addLog(AccessLogging logging) {
        if (!serves(logging.mode())) {
            return;
        }
        List<String> providers = logging.providers();
        if (providers.isEmpty()) {
            providers = logs.isEmpty() ? List.of(WaypointDefaults.ENVOY_LOG) : List.copyOf(logs.keySet());
        }
        for (String provider : providers) {
            if (Objects.requireNonNullElse(logging.disabled(), false)) {
                logs.remove(provider);
            } else {
                logs.put(provider, logging.filter());
            }
        }
    }

    private void addOverride(dev.culvert.kube.resource.Telemetry.MetricOverride override) {
        if (!serves(override.mode())) {
            return;
        }
        MetricOverride.Builder built = MetricOverride.newBuilder()
                .setMetric(METRICS.getOrDefault(override.metric(), override.metric()))
                .setDisabled(Objects.requireNonNullElse(override.disabled(), false));
        override.tagOverrides()
                .forEach((label, change) -> built.putTags(
                        label,
                        switch (change) {
                            case TagOverride.Upsert(String expression) -> expression;
                            case TagOverride.Remove() -> "";
                        }));
        overrides.add(built.build());
    }

    private void addTracing(dev.culvert.kube.resource.Telemetry.Tracing tracing) {
        if (!tracing.providers().isEmpty()) {
            tracers = tracing.providers();
        }
        if (tracing.randomSamplingPercentage() != null) {
            sampled = tracing.randomSamplingPercentage();
        }
        if (tracing.disableSpanReporting() != null) {
            noSpans = tracing.disableSpanReporting();
        }
        if (tracing.customTags() != null) {
            tags.clear();
            tracing.customTags().entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(entry -> addTag(entry.getKey(), entry.getValue()));
        }
    }

    private void addTag(String name, Tag tag) {
        Tracing.CustomTag.Builder built = Tracing.CustomTag.newBuilder().setName(name);
        switch (tag) {
            case Tag.Literal(String value) -> tags.add(built.setLiteral(value).build());
            case Tag.Environment(String variable, String fallback) ->
                tags.add(
                        built.setEnvironment(variable).setDefaultValue(fallback).build());
            case Tag.Header(String header, String fallback) ->
                tags.add(
                        built.setRequestHeader(header).setDefaultValue(fallback).build());
            case Tag.Formatter _ -> {}
        }
    }

    private Telemetry build() {
        Telemetry.Builder built = Telemetry.newBuilder();
        logs.forEach((provider, filter) ->
                built.addAccessLogs(AccessLog.newBuilder().setProvider(provider).setFilter(filter)));
        built.setMetrics(Metrics.newBuilder()
                .setDisabled(!defaults.metrics().contains(WaypointDefaults.PROMETHEUS))
                .addAllOverrides(overrides));
        if (!tracers.isEmpty()) {
            built.setTracing(Tracing.newBuilder()
                    .setProvider(tracers.getFirst())
                    .setSampledPerMillion((int) Math.round(sampled * PER_PERCENT))
                    .setDisableSpans(noSpans)
                    .addAllCustomTags(tags));
        }
        return built.build();
    }
}
