package dev.culvert.process;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.List;

/// The counters of one name. Thread-safe.
public final class CounterFamily extends MetricFamily {
    private final Series<Counter> counters;

    CounterFamily(String name, String help, List<String> labelNames) {
        super(name, help, labelNames);
        counters = new Series<>(name, labelNames.size(), Counter::new);
        if (!name.endsWith("_total")) {
            throw new IllegalArgumentException("a counter's name ends with _total; this one is " + name);
        }
    }

    /// The counter of these label values, in the order of the names; it is exposed from now on. Beyond
    /// [Series#MOST] it is that of all further ones together.
    public Counter with(String... values) {
        return with(List.of(values));
    }

    public Counter with(List<String> values) {
        return counters.of(checked(values));
    }

    /// Exposes `counter` no more; who still holds it counts for nobody. One that comes for these values later
    /// begins at 0, which a scraper takes for a restart of this series.
    public void remove(List<String> values, Counter counter) {
        counters.remove(values, counter);
    }

    /// Exposes a counter that was made before the family, for these label values.
    void include(Counter counter, String... values) {
        counters.put(checked(List.of(values)), counter);
    }

    @Override
    MetricSnapshot snapshot() {
        List<CounterDataPointSnapshot> points = new ArrayList<>(counters.size());
        counters.forEach((values, counter) ->
                points.add(new CounterDataPointSnapshot(counter.value(), labels(values), null, 0)));
        return new CounterSnapshot(metadata("_total"), points);
    }
}
