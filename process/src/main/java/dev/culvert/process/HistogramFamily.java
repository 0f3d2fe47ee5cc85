package dev.culvert.process;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.List;

/// The histograms of one name. Thread-safe.
public final class HistogramFamily extends MetricFamily {
    /// The bounds of all of Istio's histograms, of milliseconds and of bytes alike: those that Envoy has by default.
    public static final List<Double> ISTIO_BOUNDS = List.of(
            0.5,
            1.0,
            5.0,
            10.0,
            25.0,
            50.0,
            100.0,
            250.0,
            500.0,
            1_000.0,
            2_500.0,
            5_000.0,
            10_000.0,
            30_000.0,
            60_000.0,
            300_000.0,
            600_000.0,
            1_800_000.0,
            3_600_000.0);

    private final double[] bounds;
    private final Series<Histogram> histograms;

    HistogramFamily(String name, String help, List<Double> bounds, List<String> labelNames) {
        super(name, help, labelNames);
        this.bounds = new double[bounds.size() + 1];
        histograms = new Series<>(name, labelNames.size(), () -> new Histogram(this.bounds));
        for (int i = 0; i < bounds.size(); i++) {
            this.bounds[i] = bounds.get(i);
            if (i > 0 && this.bounds[i] <= this.bounds[i - 1]) {
                throw new IllegalArgumentException(name + " has bounds " + bounds + "; expected them ascending");
            }
        }
        this.bounds[bounds.size()] = Double.POSITIVE_INFINITY;
    }

    /// The histogram of these label values; it is exposed from now on. Beyond [Series#MOST] it is that of
    /// all further ones together.
    public Histogram with(String... values) {
        return with(List.of(values));
    }

    public Histogram with(List<String> values) {
        return histograms.of(checked(values));
    }

    /// Exposes `histogram` no more; see [CounterFamily#remove].
    public void remove(List<String> values, Histogram histogram) {
        histograms.remove(values, histogram);
    }

    @Override
    MetricSnapshot snapshot() {
        List<HistogramDataPointSnapshot> points = new ArrayList<>(histograms.size());
        histograms.forEach((values, histogram) -> points.add(point(labels(values), histogram)));
        return new HistogramSnapshot(metadata(""), points);
    }

    private HistogramDataPointSnapshot point(Labels labels, Histogram histogram) {
        ClassicHistogramBuckets buckets = ClassicHistogramBuckets.of(bounds, histogram.counts());
        return new HistogramDataPointSnapshot(buckets, histogram.sum(), labels, null, 0);
    }
}
