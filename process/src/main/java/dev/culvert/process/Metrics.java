package dev.culvert.process;

import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// The metrics of a process and their exposition as OpenMetrics text. Thread-safe: components register
/// and count on threads of their own, a scrape reads from another.
///
/// The families are ours; the snapshot model and the text format are the Prometheus library's. Its own
/// counters keep exemplars and doubles, cost 34 ns an addition and, with twenty and more labels, much
/// memory for each series.
public final class Metrics {
    private static final String OPEN_METRICS = "application/openmetrics-text";

    private final Map<String, MetricFamily> families = new ConcurrentSkipListMap<>();
    private final List<Runnable> beforeScrape = new CopyOnWriteArrayList<>();
    private final OpenMetricsTextFormatWriter writer = OpenMetricsTextFormatWriter.builder()
            .setCreatedTimestampsEnabled(false)
            .build();

    /// A counter family; `name` ends with `_total`.
    public CounterFamily counter(String name, String help, String... labelNames) {
        return add(new CounterFamily(name, help, List.of(labelNames)));
    }

    public GaugeFamily gauge(String name, String help, String... labelNames) {
        return add(new GaugeFamily(name, help, List.of(labelNames)));
    }

    /// A histogram family with the upper bounds `bounds`, ascending and without the infinite one.
    public HistogramFamily histogram(String name, String help, List<Double> bounds, String... labelNames) {
        return add(new HistogramFamily(name, help, bounds, List.of(labelNames)));
    }

    /// Runs `task` at the start of each scrape, on its thread: the moment to let go of what is out of date.
    public void beforeScrape(Runnable task) {
        beforeScrape.add(task);
    }

    /// Everything that has a value, as text. Families are in order of name; those without a value are left out.
    public String text() {
        beforeScrape.forEach(Runnable::run);
        List<MetricSnapshot> snapshots = families.values().stream()
                .map(MetricFamily::snapshot)
                .filter(snapshot -> !snapshot.getDataPoints().isEmpty())
                .toList();
        ByteArrayOutputStream out = new ByteArrayOutputStream(16 * 1024);
        try {
            writer.write(out, new MetricSnapshots(snapshots));
        } catch (IOException e) {
            throw new IllegalStateException("a buffer in memory refused bytes", e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    /// Answers a scrape; the type named in Accept only changes the content type, the text is the same.
    public Response scrape(Request request) {
        boolean open = request.header("accept").contains(OPEN_METRICS);
        String type = open ? OPEN_METRICS + ";charset=utf-8;version=1.0.0" : "text/plain; charset=utf-8";
        return Response.of(200, type, text());
    }

    private <F extends MetricFamily> F add(F family) {
        if (families.putIfAbsent(family.name(), family) != null) {
            throw new IllegalStateException("two metrics are named " + family.name());
        }
        return family;
    }
}
