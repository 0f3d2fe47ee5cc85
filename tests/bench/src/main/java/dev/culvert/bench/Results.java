package dev.culvert.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Figures by measurement and topology; of several rounds the median counts. Used from one thread.
final class Results {
    /// How a figure is set beside that of the direct path.
    enum Beside {
        /// As a share of direct's.
        SHARE,
        /// As what is added to direct's.
        ADDED,
        /// As it is.
        ALONE
    }

    private record Row(String name, String unit, Beside beside) {}

    private final Map<Row, Map<String, List<Double>>> rows = new LinkedHashMap<>();

    void add(Topology topology, String name, String unit, Beside beside, double value) {
        rows.computeIfAbsent(new Row(name, unit, beside), _ -> new LinkedHashMap<>())
                .computeIfAbsent(topology.title(), _ -> new ArrayList<>())
                .add(value);
        System.err.printf(Locale.ROOT, "  %-40s %12.3f %s%n", name, value, unit);
    }

    String table(List<Topology> topologies) {
        StringBuilder text = new StringBuilder("| measurement | unit |");
        topologies.forEach(topology -> text.append(' ').append(topology.title()).append(" |"));
        text.append("\n|---|---|").append("---|".repeat(topologies.size())).append('\n');
        rows.forEach((row, figures) -> {
            text.append("| ")
                    .append(row.name())
                    .append(" | ")
                    .append(row.unit())
                    .append(" |");
            topologies.forEach(topology ->
                    text.append(' ').append(cell(row, figures, topology)).append(" |"));
            text.append('\n');
        });
        return text.toString();
    }

    private static String cell(Row row, Map<String, List<Double>> figures, Topology topology) {
        List<Double> own = figures.get(topology.title());
        if (own == null) {
            return "";
        }
        double value = median(own);
        String plain = String.format(Locale.ROOT, value < 10 ? "%.3f" : "%.1f", value);
        List<Double> direct = figures.get(new Topology.Direct().title());
        if (direct == null || topology instanceof Topology.Direct) {
            return plain;
        }
        return switch (row.beside()) {
            case SHARE -> plain + String.format(Locale.ROOT, " (%.0f %%)", 100 * value / median(direct));
            case ADDED -> plain + String.format(Locale.ROOT, " (%+.3f)", value - median(direct));
            case ALONE -> plain;
        };
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }
}
