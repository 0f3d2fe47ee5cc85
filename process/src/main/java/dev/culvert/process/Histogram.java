package dev.culvert.process;

import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/// How often values fell under each of some bounds. Thread-safe, because answers of several loops are
/// timed by one.
public final class Histogram {
    private final double[] bounds;
    private final LongAdder[] counts;
    private final DoubleAdder sum = new DoubleAdder();

    /// @param bounds ascending, the last one infinite
    Histogram(double[] bounds) {
        this.bounds = bounds;
        this.counts = new LongAdder[bounds.length];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    /// Counts `value`; one that is no number would spoil the sum for good, so it does not count.
    public void observe(double value) {
        if (Double.isNaN(value)) {
            return;
        }
        int bucket = 0;
        while (value > bounds[bucket]) {
            bucket++;
        }
        counts[bucket].increment();
        sum.add(value);
    }

    /// How many values each bucket holds for itself.
    long[] counts() {
        long[] now = new long[counts.length];
        for (int i = 0; i < now.length; i++) {
            now[i] = counts[i].sum();
        }
        return now;
    }

    double sum() {
        return sum.sum();
    }
}
