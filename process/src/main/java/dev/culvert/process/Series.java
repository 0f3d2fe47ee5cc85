package dev.culvert.process;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a family keeps for each list of label values, within a bound. Thread-safe.
///
/// Series stay until their owner removes them, and some labels come from the network. What finds no room goes into one
/// series whose labels all say `overflow`, so that sums stay right while memory does not grow.
final class Series<S> {
    /// Series that a family keeps; more than a node's honest traffic makes.
    static final int MOST = 10_000;

    private static final Logger log = LoggerFactory.getLogger(Series.class);

    private final String metric;
    private final List<String> overflow;
    private final Supplier<S> maker;
    private final Map<List<String>, S> known = new ConcurrentHashMap<>();

    Series(String metric, int labels, Supplier<S> maker) {
        this.metric = metric;
        this.maker = maker;
        overflow = Collections.nCopies(labels, "overflow");
    }

    /// The series of these values, made if it is new.
    S of(List<String> values) {
        S series = known.get(values);
        if (series != null) {
            return series;
        }
        return known.size() < MOST
                ? known.computeIfAbsent(List.copyOf(values), _ -> maker.get())
                : known.computeIfAbsent(overflow, _ -> overflowing());
    }

    /// Keeps `series`, which was made elsewhere, for these values.
    void put(List<String> values, S series) {
        if (known.putIfAbsent(List.copyOf(values), series) != null) {
            throw new IllegalStateException("two series of " + metric + " with labels " + values);
        }
    }

    /// Forgets the series of these values, unless they have gone to another one meanwhile.
    void remove(List<String> values, S series) {
        known.remove(values, series);
    }

    private S overflowing() {
        log.atWarn()
                .addKeyValue("metric", metric)
                .addKeyValue("series", MOST)
                .log("too many label values; further ones are counted under overflow");
        return maker.get();
    }

    int size() {
        return known.size();
    }

    void forEach(BiConsumer<List<String>, S> visitor) {
        known.forEach(visitor);
    }
}
