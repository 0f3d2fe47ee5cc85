package dev.culvert.process;

import java.util.concurrent.atomic.LongAdder;

/// One number that only grows. Thread-safe, because loops count for the same labels.
///
/// An addition costs a few nanoseconds and never waits. A path that counts per buffer gathers in a plain
/// field of its own loop, which costs one, and adds what it has gathered now and then.
public final class Counter {
    private final LongAdder value = new LongAdder();

    Counter() {}

    public void increment() {
        value.increment();
    }

    public void add(long amount) {
        value.add(amount);
    }

    public long value() {
        return value.sum();
    }
}
