package dev.culvert.waypoint.observe;

import dev.culvert.api.waypoint.Tracing;
import dev.culvert.waypoint.exchange.ExchangeRecord;
import dev.culvert.waypoint.exchange.RequestHead;
import dev.culvert.waypoint.exchange.WorkloadInfo;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Takes part in traces: passes them on, decides where nobody has, and gives spans to an exporter. Immutable.
///
/// @param exporter null when spans go nowhere; traces are passed on nevertheless
/// @param b3 whether traces that begin here are told by B3 too
/// @param fixed tags that say who the waypoint is
record Tracer(@Nullable SpanExporter exporter, Tracing settings, boolean b3, Map<String, String> fixed) {
    private static final int MILLION = 1_000_000;
    private static final int LONGEST_PATH = 256;

    /// Between the beginning and the end of an exchange.
    private record Open(TraceContext trace, long own, boolean sampled) {}

    Tracer {
        fixed = Map.copyOf(fixed);
    }

    void begun(ExchangeRecord exchange) {
        RequestHead head = exchange.request;
        if (head == null) {
            return;
        }
        RandomGenerator random = ThreadLocalRandom.current();
        TraceContext brought = TraceContext.extract(head.headers());
        TraceContext trace = brought == null ? TraceContext.begin(random) : brought;
        Boolean decided = trace.sampled();
        boolean sampled = decided == null ? random.nextInt(MILLION) < settings.getSampledPerMillion() : decided;
        boolean spans = sampled && exporter != null && !settings.getDisableSpans();
        if (!spans && brought != null) {
            // Without a span of ours the sender's stays the parent of what follows.
            return;
        }
        long own = TraceContext.nonzero(random);
        trace.inject(head.headers(), own, sampled, b3);
        exchange.observation = new Open(trace, own, spans);
    }

    void ended(ExchangeRecord exchange) {
        if (!(exchange.observation instanceof Open(TraceContext trace, long own, boolean sampled))
                || !sampled
                || exporter == null) {
            return;
        }
        long end = exchange.endNanos == 0 ? System.nanoTime() : exchange.endNanos;
        exporter.offer(new FinishedSpan(
                trace,
                own,
                name(exchange),
                exchange.began,
                end - exchange.startNanos,
                tags(exchange),
                exchange.status >= 500));
    }

    private static String name(ExchangeRecord exchange) {
        return exchange.serviceHostname.isEmpty()
                ? String.valueOf(Values.request(exchange, ":authority"))
                : exchange.serviceHostname + ":" + exchange.client.destination().getPort() + "/*";
    }

    private Map<String, String> tags(ExchangeRecord exchange) {
        Map<String, String> tags = new LinkedHashMap<>(fixed);
        tags.put("component", "proxy");
        put(tags, "http.method", Values.request(exchange, ":method"));
        put(tags, "http.url", url(exchange));
        tags.put("http.protocol", exchange.protocol);
        tags.put("http.status_code", Integer.toString(exchange.status));
        put(tags, "grpc.status_code", Values.text(exchange.grpcStatus));
        put(tags, "user_agent", Values.request(exchange, "user-agent"));
        put(tags, "guid:x-request-id", Values.request(exchange, "x-request-id"));
        tags.put("request_size", Long.toString(exchange.requestBytes));
        tags.put("response_size", Long.toString(exchange.responseBytes));
        tags.put("response_flags", exchange.flagText());
        put(tags, "upstream_cluster", Values.orNull(exchange.cluster));
        put(tags, "upstream_address", Values.address(exchange.upstreamHost));
        put(tags, "peer.address", exchange.client.address().getAddress().getHostAddress());
        party(tags, "istio.source_", exchange.client.workload());
        party(tags, "istio.destination_", exchange.upstreamWorkload);
        custom(tags, exchange);
        return tags;
    }

    private @Nullable String url(ExchangeRecord exchange) {
        RequestHead head = exchange.request;
        if (head == null) {
            return null;
        }
        int longest = settings.getMaxPathLength() == 0 ? LONGEST_PATH : settings.getMaxPathLength();
        String path = head.target();
        return head.scheme() + "://" + head.authority() + (path.length() > longest ? path.substring(0, longest) : path);
    }

    private static void party(Map<String, String> tags, String prefix, @Nullable WorkloadInfo info) {
        if (info != null) {
            put(tags, prefix + "workload", Values.orNull(info.name()));
            put(tags, prefix + "namespace", Values.orNull(info.namespace()));
            put(tags, prefix + "cluster_id", Values.orNull(info.cluster()));
            put(tags, prefix + "canonical_service", Values.orNull(info.canonicalService()));
            put(tags, prefix + "canonical_revision", Values.orNull(info.canonicalRevision()));
            put(tags, prefix + "app", Values.orNull(info.app()));
            put(tags, prefix + "app_version", Values.orNull(info.version()));
            put(tags, prefix + "workload_type", Values.orNull(info.type()));
            put(tags, prefix + "instance_name", Values.orNull(info.instance()));
        }
    }

    private void custom(Map<String, String> tags, ExchangeRecord exchange) {
        RequestHead head = exchange.request;
        HttpHeaders headers = head == null ? null : head.headers();
        for (Tracing.CustomTag tag : settings.getCustomTagsList()) {
            String value = switch (tag.getSourceCase()) {
                case LITERAL -> tag.getLiteral();
                case REQUEST_HEADER -> headers == null ? null : headers.get(tag.getRequestHeader());
                // The environment of this process is not for whoever can write a Telemetry resource to read.
                case ENVIRONMENT, SOURCE_NOT_SET -> null;
            };
            put(tags, tag.getName(), value == null ? Values.orNull(tag.getDefaultValue()) : value);
        }
    }

    private static void put(Map<String, String> tags, String name, @Nullable String value) {
        if (value != null) {
            tags.put(name, value);
        }
    }
}
