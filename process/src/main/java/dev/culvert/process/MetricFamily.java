package dev.culvert.process;

import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.Arrays;
import java.util.List;

/// The metrics of one name, told apart by labels. Thread-safe.
abstract sealed class MetricFamily permits CounterFamily, GaugeFamily, HistogramFamily {
    private final String name;
    private final String help;
    private final String[] labelNames;

    MetricFamily(String name, String help, List<String> labelNames) {
        this.name = name;
        this.help = help;
        this.labelNames = labelNames.toArray(String[]::new);
    }

    abstract MetricSnapshot snapshot();

    final String name() {
        return name;
    }

    final MetricMetadata metadata(String suffixToDrop) {
        String base = name.endsWith(suffixToDrop) ? name.substring(0, name.length() - suffixToDrop.length()) : name;
        return new MetricMetadata(base, help);
    }

    /// The labels of one datapoint. `values` are those of the first label names; what is left is not
    /// there at all.
    final Labels labels(List<String> values) {
        int used = checked(values).size();
        return Labels.of(
                used == labelNames.length ? labelNames : Arrays.copyOf(labelNames, used),
                values.toArray(String[]::new));
    }

    final List<String> checked(List<String> values) {
        if (values.size() > labelNames.length) {
            throw new IllegalArgumentException(
                    name + " has " + labelNames.length + " labels; " + values.size() + " values were given");
        }
        return values;
    }
}
