package dev.culvert.waypoint.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.api.otlp.ExportTraceServiceRequest;
import dev.culvert.api.otlp.Span;
import dev.culvert.api.waypoint.AccessLog;
import dev.culvert.api.waypoint.MetricOverride;
import dev.culvert.api.waypoint.Telemetry;
import dev.culvert.api.waypoint.TelemetryProvider;
import dev.culvert.api.waypoint.Tracing;
import dev.culvert.api.waypoint.Waypoint;
import dev.culvert.process.Metrics;
import dev.culvert.waypoint.exchange.ExchangeObserver;
import dev.culvert.waypoint.exchange.ExchangeRecord;
import dev.culvert.waypoint.exchange.InternalCalls;
import dev.culvert.waypoint.exchange.RequestHead;
import dev.culvert.waypoint.exchange.ResponseHead;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.DefaultEventLoop;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What operators see of traffic: metrics, log lines, spans.
class ObserversTest {
    private final Metrics metrics = new Metrics();
    private final Collector collector = new Collector();
    private final DefaultEventLoop loop = new DefaultEventLoop();
    private Waypoint waypoint = Waypoint.getDefaultInstance();
    private final Observers observers = new Observers(metrics, collector, loop);

    @TempDir
    private Path directory;

    @AfterEach
    void stop() {
        observers.close();
        loop.shutdownGracefully(0, 0, java.util.concurrent.TimeUnit.SECONDS);
    }

    @Test
    void aRequestIsCountedWithIstiosLabels() {
        ExchangeObserver observer = observers.of(waypoint, Telemetry.getDefaultInstance());
        run(observer, Exchanges.answered(200));
        run(observer, Exchanges.answered(200));
        ExchangeRecord refused = Exchanges.answered(503);
        refused.flag("UH");
        run(observer, refused);

        String text = metrics.text();
        assertThat(line(text, "istio_requests_total", "response_code=\"200\""))
                .contains(
                        "reporter=\"waypoint\"",
                        "source_workload=\"ann\"",
                        "source_workload_namespace=\"front\"",
                        "source_principal=\"spiffe://cluster.local/ns/front/sa/ann\"",
                        "destination_principal=\"spiffe://cluster.local/ns/shop/sa/web\"",
                        "destination_service=\"web.shop.svc.cluster.local\"",
                        "destination_service_name=\"web\"",
                        "request_protocol=\"http\"",
                        "response_flags=\"-\"",
                        "connection_security_policy=\"mutual_tls\"")
                .endsWith(" 2.0");
        assertThat(line(text, "istio_requests_total", "response_code=\"503\"")).contains("response_flags=\"UH\"");
        assertThat(line(text, "istio_request_duration_milliseconds_bucket", "response_code=\"200\",", "le=\"10"))
                .endsWith(" 2");
        assertThat(line(text, "istio_response_bytes_sum", "response_code=\"200\""))
                .endsWith(" 2048.0");
    }

    @Test
    void anOpaqueConnectionIsCountedAsIstiosConnections() {
        ExchangeObserver observer = observers.of(waypoint, Telemetry.getDefaultInstance());
        ExchangeRecord connection = Exchanges.opaque();
        observer.opened(connection);
        connection.requestBytes = 10;
        connection.responseBytes = 20;
        observer.ended(connection);

        String text = metrics.text();
        assertThat(line(text, "istio_tcp_connections_opened_total", "reporter=\"waypoint\""))
                .endsWith(" 1.0");
        assertThat(line(text, "istio_tcp_connections_closed_total", "reporter=\"waypoint\""))
                .endsWith(" 1.0");
        assertThat(line(text, "istio_tcp_received_bytes_total", "reporter=\"waypoint\""))
                .endsWith(" 10.0");
        assertThat(line(text, "istio_tcp_sent_bytes_total", "reporter=\"waypoint\""))
                .endsWith(" 20.0");
    }

    @Test
    void metricsAndLabelsChangeAsTheTelemetryApiSays() {
        ExchangeObserver observer = observers.of(
                waypoint,
                Telemetry.newBuilder()
                        .setMetrics(dev.culvert.api.waypoint.Metrics.newBuilder()
                                .addOverrides(MetricOverride.newBuilder()
                                        .setMetric("REQUEST_SIZE")
                                        .setDisabled(true))
                                .addOverrides(MetricOverride.newBuilder()
                                        .putTags("source_app", "")
                                        .putTags("destination_version", "request.method")
                                        .putTags("of_my_own", "request.method")))
                        .build());
        run(observer, Exchanges.answered(200));

        String text = metrics.text();
        assertThat(text).doesNotContain("istio_request_bytes_sum{");
        assertThat(line(text, "istio_requests_total", "response_code=\"200\""))
                .contains("source_app=\"\"", "destination_version=\"GET\"")
                .doesNotContain("of_my_own");
    }

    @Test
    void linesAreWrittenToTheFileOfTheProviderWhenTheFilterHolds() {
        Path file = directory.resolve("access.log");
        waypoint = Waypoint.newBuilder()
                .addTelemetryProviders(TelemetryProvider.newBuilder()
                        .setName("file")
                        .setFileLog(TelemetryProvider.FileLog.newBuilder()
                                .setPath(file.toString())
                                .setTextFormat("%RESPONSE_CODE% %REQ(:PATH)%\n")))
                .build();
        ExchangeObserver observer = observers.of(
                waypoint,
                Telemetry.newBuilder()
                        .addAccessLogs(
                                AccessLog.newBuilder().setProvider("file").setFilter("response.code >= 400"))
                        .build());

        run(observer, Exchanges.answered(200));
        run(observer, Exchanges.answered(404));

        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(Files.readAllLines(file)).containsExactly("404 /a?b=c"));
    }

    @Test
    void aSampledRequestGivesASpanToTheCollectorAndTakesItsTraceOn() throws Exception {
        configureTracing(null);
        ExchangeObserver observer = observers.of(waypoint, tracing(1_000_000));
        ExchangeRecord exchange = Exchanges.answered(500);
        if (exchange.request != null) {
            exchange.request.headers().set("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        }
        run(observer, exchange);

        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !collector.bodies.isEmpty());
        byte[] body = collector.bodies.remove();
        assertThat(body[0]).isZero();
        Span span = ExportTraceServiceRequest.parseFrom(java.util.Arrays.copyOfRange(body, 5, body.length))
                .getResourceSpans(0)
                .getScopeSpans(0)
                .getSpans(0);
        assertThat(span.getParentSpanId().toByteArray()).asHexString().isEqualTo("B7AD6B7169203331");
        assertThat(span.getEndTimeUnixNano() - span.getStartTimeUnixNano()).isEqualTo(7_000_000);
        assertThat(span.getAttributesList().toString())
                .contains("http.status_code", "istio.destination_workload", "web-v1");
        assertThat(exchange.request == null ? "" : exchange.request.headers().get("traceparent"))
                .startsWith("00-0af7651916cd43dd8448eb211c80319c-")
                .doesNotContain("b7ad6b7169203331")
                .endsWith("-01");
        assertThat(collector.heads)
                .first()
                .satisfies(head -> assertThat(head.target())
                        .isEqualTo("/opentelemetry.proto.collector.trace.v1.TraceService/Export"));
    }

    @Test
    void zipkinTakesItsOwnForm() {
        configureTracing(TelemetryProvider.Zipkin.newBuilder()
                .setCluster("obs/zipkin.obs")
                .setPort(9411)
                .build());
        run(observers.of(waypoint, tracing(1_000_000)), Exchanges.answered(200));

        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !collector.bodies.isEmpty());
        assertThat(new String(collector.bodies.remove(), java.nio.charset.StandardCharsets.UTF_8))
                .startsWith("[{\"traceId\":\"")
                .contains("\"kind\":\"SERVER\"", "\"duration\":7000,", "\"http.method\":\"GET\"")
                .endsWith("}}]");
        assertThat(collector.heads)
                .first()
                .satisfies(head -> assertThat(head.target()).isEqualTo("/api/v2/spans"));
    }

    @Test
    void whoIsNotSampledStillHasATraceAndNoSpan() {
        configureTracing(null);
        ExchangeRecord exchange = Exchanges.answered(200);
        run(observers.of(waypoint, tracing(0)), exchange);

        assertThat(exchange.request == null ? "" : exchange.request.headers().get("traceparent"))
                .endsWith("-00");
        assertThat(exchange.observation).isNotNull();
        assertThat(collector.bodies).isEmpty();
    }

    @Test
    void aCollectorThatFailsLosesSpansWithACount() {
        configureTracing(null);
        collector.failure = new IllegalStateException("no endpoint");
        run(observers.of(waypoint, tracing(1_000_000)), Exchanges.answered(200));

        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(
                        () -> assertThat(metrics.text()).contains("culvert_telemetry_dropped_total{kind=\"span\"} 1"));
    }

    private void configureTracing(TelemetryProvider.@org.jspecify.annotations.Nullable Zipkin zipkin) {
        TelemetryProvider.Builder provider = TelemetryProvider.newBuilder().setName("traces");
        if (zipkin == null) {
            provider.setOpenTelemetry(TelemetryProvider.OpenTelemetry.newBuilder()
                    .setCluster("obs/otel.obs")
                    .setPort(4317));
        } else {
            provider.setZipkin(zipkin);
        }
        waypoint = Waypoint.newBuilder()
                .setName("wp")
                .setNamespace("shop")
                .addTelemetryProviders(provider)
                .build();
    }

    private static Telemetry tracing(int perMillion) {
        return Telemetry.newBuilder()
                .setTracing(Tracing.newBuilder().setProvider("traces").setSampledPerMillion(perMillion))
                .build();
    }

    private static void run(ExchangeObserver observer, ExchangeRecord exchange) {
        observer.began(exchange);
        observer.ended(exchange);
    }

    private static String line(String text, String name, String... parts) {
        return text.lines()
                .filter(each ->
                        each.startsWith(name + "{") && List.of(parts).stream().allMatch(each::contains))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " with " + List.of(parts) + " in\n" + text));
    }

    /// Takes what is sent.
    private static final class Collector implements InternalCalls {
        private final Queue<byte[]> bodies = new ConcurrentLinkedQueue<>();
        private final Queue<RequestHead> heads = new ConcurrentLinkedQueue<>();
        private volatile @org.jspecify.annotations.Nullable RuntimeException failure;

        @Override
        public CompletionStage<Reply> call(Request request) {
            byte[] bytes = ByteBufUtil.getBytes(request.body());
            request.body().release();
            RuntimeException failed = failure;
            if (failed != null) {
                return CompletableFuture.failedFuture(failed);
            }
            heads.add(request.head());
            bodies.add(bytes);
            DefaultHttpHeaders trailers = new DefaultHttpHeaders();
            trailers.set("grpc-status", "0");
            return CompletableFuture.completedFuture(new Reply(
                    new ResponseHead(200, new DefaultHttpHeaders()),
                    dev.culvert.waypoint.exchange.Bytes.EMPTY,
                    trailers));
        }
    }
}
