package dev.culvert.process;

import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/// One number that only grows. Thread-safe; for a path that adds per buffer take a [#cell].
public final class Counter {
    private final LongAdder shared = new LongAdder();
    private volatile CounterCell[] cells = {};

    Counter() {}

    public void increment() {
        shared.increment();
    }

    public void add(long amount) {
        shared.add(amount);
    }

    /// A new part of this counter for one thread alone. It is kept as long as the counter: take one per event loop and
    /// label set, not one per connection.
    public synchronized CounterCell cell() {
        CounterCell cell = new CounterCell();
        CounterCell[] more = Arrays.copyOf(cells, cells.length + 1);
        more[cells.length] = cell;
        cells = more;
        return cell;
    }

    public long value() {
        long sum = shared.sum();
        for (CounterCell cell : cells) {
            sum += cell.value();
        }
        return sum;
    }
}
