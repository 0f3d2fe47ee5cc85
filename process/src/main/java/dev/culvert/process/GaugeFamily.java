package dev.culvert.process;

import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;

/// The gauges of one name: numbers that are kept, or asked for at each scrape. Thread-safe.
public final class GaugeFamily extends MetricFamily {
    private final Map<List<String>, DoubleSupplier> gauges = new ConcurrentHashMap<>();

    GaugeFamily(String name, String help, List<String> labelNames) {
        super(name, help, labelNames);
    }

    /// The kept gauge of these label values; it is exposed from now on.
    public Gauge with(String... values) {
        DoubleSupplier gauge = gauges.computeIfAbsent(List.copyOf(checked(List.of(values))), _ -> new Gauge());
        if (!(gauge instanceof Gauge kept)) {
            throw new IllegalStateException(name() + " is asked for at each scrape; it cannot be set");
        }
        return kept;
    }

    /// Asks `value` at each scrape, on the thread that scrapes. What is not a number is left out.
    public GaugeFamily ask(DoubleSupplier value, String... values) {
        if (gauges.putIfAbsent(List.copyOf(checked(List.of(values))), value) != null) {
            throw new IllegalStateException("two gauges " + name() + " with labels " + List.of(values));
        }
        return this;
    }

    @Override
    MetricSnapshot snapshot() {
        List<GaugeDataPointSnapshot> points = new ArrayList<>(gauges.size());
        gauges.forEach((values, gauge) -> {
            double value = gauge.getAsDouble();
            if (!Double.isNaN(value)) {
                points.add(new GaugeDataPointSnapshot(value, labels(values), null));
            }
        });
        return new GaugeSnapshot(metadata(""), points);
    }
}
