package dev.culvert.kube.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.kube.resource.Telemetry.AccessLogging;
import dev.culvert.kube.resource.Telemetry.MetricOverride;
import dev.culvert.kube.resource.Telemetry.Metrics;
import dev.culvert.kube.resource.Telemetry.Mode;
import dev.culvert.kube.resource.Telemetry.Tag;
import dev.culvert.kube.resource.Telemetry.TagOverride;
import dev.culvert.kube.resource.Telemetry.Tracing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TelemetryTest {
    private static final String ALL = """
        apiVersion: telemetry.istio.io/v1
        kind: Telemetry
        metadata: {name: t, namespace: shop}
        spec:
          targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: waypoint}]
          tracing:
          - match: {mode: SERVER}
            providers: [{name: otel}]
            randomSamplingPercentage: 12.5
            disableSpanReporting: false
            enableIstioTags: true
            customTags:
              a: {literal: {value: "1"}}
              b: {environment: {name: HOST, defaultValue: none}}
              c: {header: {name: x-c}}
              d: {formatter: {value: "%REQ(:PATH)%"}}
          metrics:
          - providers: [{name: prometheus}]
            reportingInterval: 5s
            overrides:
            - match: {metric: REQUEST_COUNT, mode: CLIENT}
              disabled: true
            - match: {customMetric: mine}
              tagOverrides:
                host: {operation: UPSERT, value: request.host}
                source_app: {operation: REMOVE}
            - tagOverrides: {path: {value: request.url_path}}
          accessLogging:
          - match: {mode: CLIENT}
            providers: [{name: envoy}]
            filter: {expression: "response.code >= 400"}
          - disabled: true
        """;

    @Test
    void readsTracingMetricsAndAccessLogs() {
        Telemetry telemetry = Manifest.read(Telemetry.class, ALL);
        assertThat(telemetry.targetRefs()).singleElement().matches(TargetRef::isGateway);
        assertThat(telemetry.tracing())
                .containsExactly(new Tracing(
                        Mode.SERVER,
                        List.of("otel"),
                        12.5,
                        false,
                        null,
                        true,
                        Map.of(
                                "a", new Tag.Literal("1"),
                                "b", new Tag.Environment("HOST", "none"),
                                "c", new Tag.Header("x-c", ""),
                                "d", new Tag.Formatter("%REQ(:PATH)%"))));
        assertThat(telemetry.metrics())
                .containsExactly(new Metrics(
                        List.of("prometheus"),
                        List.of(
                                new MetricOverride("REQUEST_COUNT", Mode.CLIENT, true, Map.of()),
                                new MetricOverride(
                                        "mine",
                                        Mode.CLIENT_AND_SERVER,
                                        null,
                                        Map.of(
                                                "host",
                                                new TagOverride.Upsert("request.host"),
                                                "source_app",
                                                new TagOverride.Remove())),
                                new MetricOverride(
                                        "ALL_METRICS",
                                        Mode.CLIENT_AND_SERVER,
                                        null,
                                        Map.of("path", new TagOverride.Upsert("request.url_path")))),
                        Duration.ofSeconds(5)));
        assertThat(telemetry.accessLogging())
                .containsExactly(
                        new AccessLogging(Mode.CLIENT, List.of("envoy"), null, "response.code >= 400"),
                        new AccessLogging(Mode.CLIENT_AND_SERVER, List.of(), true, ""));
    }

    @Test
    void leavesToWiderResourcesWhatItDoesNotSay() {
        Telemetry telemetry = Manifest.read(Telemetry.class, """
                apiVersion: telemetry.istio.io/v1alpha1
                kind: Telemetry
                metadata: {name: t, namespace: istio-system}
                spec: {selector: {matchLabels: {app: web}}, tracing: [{}]}
                """);
        assertThat(telemetry.selector()).isEqualTo(Map.of("app", "web"));
        assertThat(telemetry.tracing())
                .containsExactly(new Tracing(Mode.CLIENT_AND_SERVER, List.of(), null, null, null, null, null));
    }
}
