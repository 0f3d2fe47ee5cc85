package dev.culvert.waypoint.observe;

import dev.culvert.api.waypoint.AccessLog;
import dev.culvert.api.waypoint.Telemetry;
import dev.culvert.api.waypoint.TelemetryProvider;
import dev.culvert.api.waypoint.Waypoint;
import dev.culvert.mesh.telemetry.TcpMetrics;
import dev.culvert.process.Counter;
import dev.culvert.process.CounterFamily;
import dev.culvert.process.Metrics;
import dev.culvert.waypoint.exchange.ExchangeObserver;
import dev.culvert.waypoint.exchange.ExchangeObservers;
import dev.culvert.waypoint.exchange.InternalCalls;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes observers of what the Telemetry API says, on the providers that the mesh configuration names.
///
/// Thread-safe; an observer is made when it is first asked for, and may be used on any loop.
public final class Observers implements ExchangeObservers {
    private static final Logger LOG = LoggerFactory.getLogger(Observers.class);
    private static final String EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final RequestMetrics requests;
    private final TcpMetrics connections;
    private final CounterFamily dropped;
    private final CounterFamily spans;
    private final InternalCalls calls;
    private final EventLoop loop;
    private final Map<String, LineFile> files = new HashMap<>();
    /// By what they were made of, so that a change of another setting does not lose what waits in them.
    private final Map<TelemetryProvider, SpanExporter> exporters = new HashMap<>();
    /// What holds for one state of the waypoint's own settings.
    private record Setup(Waypoint waypoint, Map<Telemetry, ExchangeObserver> made) {}

    /// Settings that come and go must not pile up.
    private static final int MOST_KEPT = 4096;

    private volatile Setup setup = new Setup(Waypoint.getDefaultInstance(), new ConcurrentHashMap<>());
    private Map<String, TelemetryProvider> providers = Map.of();
    private Map<String, String> fixedTags = Map.of();
    private String service = "waypoint";

    /// An observer of everything that nothing is said about otherwise counts into `metrics`.
    ///
    /// @param calls to collectors
    /// @param loop of the waypoint, on which such calls are made
    public Observers(Metrics metrics, InternalCalls calls, EventLoop loop) {
        requests = new RequestMetrics(metrics, System::nanoTime);
        connections = new TcpMetrics(metrics);
        dropped = metrics.counter(
                "culvert_telemetry_dropped_total",
                "The total number of log lines and spans that found no room or no taker.",
                "kind");
        spans = metrics.counter(
                "culvert_spans_exported_total", "The total number of spans that a collector took.", "provider");
        this.calls = calls;
        this.loop = loop;
    }

    /// The observer of what `telemetry` says, under the waypoint's own settings.
    @Override
    public ExchangeObserver of(Waypoint waypoint, Telemetry telemetry) {
        Setup now = setup;
        ExchangeObserver known = now.waypoint.equals(waypoint) ? now.made.get(telemetry) : null;
        return known == null ? make(waypoint, telemetry) : known;
    }

    private synchronized ExchangeObserver make(Waypoint waypoint, Telemetry telemetry) {
        if (!setup.waypoint.equals(waypoint)) {
            configure(waypoint);
            setup = new Setup(waypoint, new ConcurrentHashMap<>());
        } else if (setup.made.size() >= MOST_KEPT) {
            setup.made.clear();
        }
        return setup.made.computeIfAbsent(telemetry, this::observer);
    }

    private void configure(Waypoint waypoint) {
        Map<String, TelemetryProvider> next = new LinkedHashMap<>();
        waypoint.getTelemetryProvidersList().forEach(provider -> next.put(provider.getName(), provider));
        providers = next;
        service = waypoint.getName() + "." + waypoint.getNamespace();
        Map<String, String> tags = new LinkedHashMap<>();
        tags.put("istio.canonical_service", waypoint.getName());
        tags.put("istio.canonical_revision", "latest");
        tags.put("istio.namespace", waypoint.getNamespace());
        tags.put("istio.mesh_id", waypoint.getMeshId());
        tags.put("istio.cluster_id", waypoint.getClusterId());
        tags.values().removeIf(String::isEmpty);
        fixedTags = tags;
        exporters.entrySet().removeIf(entry -> {
            boolean gone = !next.containsValue(entry.getKey());
            if (gone) {
                entry.getValue().close();
            }
            return gone;
        });
    }

    /// What cannot be done as asked is told to the log.
    private ExchangeObserver observer(Telemetry telemetry) {
        List<LogTarget> logs = new ArrayList<>();
        for (AccessLog log : telemetry.getAccessLogsList()) {
            LogTarget target = target(log);
            if (target != null) {
                logs.add(target);
            }
        }
        MetricRules rules = MetricRules.compile(telemetry.getMetrics());
        rules.problems()
                .forEach(problem -> LOG.atWarn().addKeyValue("problem", problem).log("metric settings"));
        return new TrafficObserver(requests, connections, rules, logs, tracer(telemetry));
    }

    private @Nullable LogTarget target(AccessLog log) {
        TelemetryProvider provider = providers.get(log.getProvider());
        if (provider == null || !provider.hasFileLog() || !provider.getInvalid().isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("provider", log.getProvider())
                    .addKeyValue("reason", provider == null ? "no such provider" : reason(provider))
                    .log("access log is not written");
            return null;
        }
        TelemetryProvider.FileLog file = provider.getFileLog();
        LogFormat format =
                file.getJson() ? LogFormat.json(file.getJsonFormatMap()) : LogFormat.text(file.getTextFormat());
        format.problems()
                .forEach(problem -> LOG.atWarn()
                        .addKeyValue("provider", provider.getName())
                        .addKeyValue("problem", problem)
                        .log("access log format"));
        LineFile lines = file(file.getPath().isEmpty() ? "/dev/stdout" : file.getPath());
        return lines == null ? null : new LogTarget(lines, format, filter(log));
    }

    private static String reason(TelemetryProvider provider) {
        return provider.getInvalid().isEmpty() ? "it does not write files" : provider.getInvalid();
    }

    /// A filter that cannot be read lets everything through: a log that is too long misses nothing.
    private static @Nullable Expression filter(AccessLog log) {
        if (log.getFilter().isEmpty()) {
            return null;
        }
        try {
            return Expression.compile(log.getFilter());
        } catch (IllegalArgumentException e) {
            LOG.atWarn().addKeyValue("problem", e.getMessage()).log("access log filter is left out");
            return null;
        }
    }

    private @Nullable LineFile file(String path) {
        LineFile known = files.get(path);
        if (known != null) {
            return known;
        }
        try {
            LineFile opened = LineFile.open(path, dropped.with("access-log"));
            files.put(path, opened);
            return opened;
        } catch (IOException e) {
            LOG.atError()
                    .addKeyValue("file", path)
                    .addKeyValue("error", e.toString())
                    .log("access log cannot be opened");
            return null;
        }
    }

    private @Nullable Tracer tracer(Telemetry telemetry) {
        if (!telemetry.hasTracing()) {
            return null;
        }
        TelemetryProvider provider = providers.get(telemetry.getTracing().getProvider());
        boolean zipkin = provider != null && provider.hasZipkin();
        return new Tracer(provider == null ? null : exporter(provider), telemetry.getTracing(), zipkin, fixedTags);
    }

    private @Nullable SpanExporter exporter(TelemetryProvider provider) {
        SpanExporter known = exporters.get(provider);
        if (known != null) {
            return known;
        }
        if (!provider.getInvalid().isEmpty() || !(provider.hasOpenTelemetry() || provider.hasZipkin())) {
            LOG.atWarn()
                    .addKeyValue("provider", provider.getName())
                    .addKeyValue("reason", provider.getInvalid())
                    .log("spans go nowhere: not a provider of OpenTelemetry or Zipkin");
            return null;
        }
        Counter sent = spans.with(provider.getName());
        SpanEncoder encoder = provider.hasZipkin() ? new ZipkinEncoder(service) : new OtlpEncoder(service);
        SpanExporter made = new SpanExporter(spanTarget(provider), encoder, calls, loop, sent, dropped.with("span"));
        exporters.put(provider, made);
        return made;
    }

    private static SpanExporter.Target spanTarget(TelemetryProvider provider) {
        if (provider.hasZipkin()) {
            TelemetryProvider.Zipkin zipkin = provider.getZipkin();
            String path = zipkin.getPath().isEmpty() ? "/api/v2/spans" : zipkin.getPath();
            return new SpanExporter.Target(zipkin.getCluster(), zipkin.getPort(), false, path, TIMEOUT, Map.of());
        }
        TelemetryProvider.OpenTelemetry otlp = provider.getOpenTelemetry();
        boolean grpc = otlp.getHttpPath().isEmpty();
        Duration timeout = otlp.hasTimeout()
                ? Duration.ofSeconds(
                        otlp.getTimeout().getSeconds(), otlp.getTimeout().getNanos())
                : TIMEOUT;
        return new SpanExporter.Target(
                otlp.getCluster(),
                otlp.getPort(),
                grpc,
                grpc ? EXPORT : otlp.getHttpPath(),
                timeout,
                otlp.getHeadersMap());
    }

    /// Writes and sends what waits.
    @Override
    public synchronized void close() {
        exporters.values().forEach(SpanExporter::close);
        files.forEach((path, file) -> {
            try {
                file.close();
            } catch (IOException e) {
                LOG.atWarn()
                        .addKeyValue("file", path)
                        .addKeyValue("error", e.toString())
                        .log("access log not closed");
            }
        });
    }
}
