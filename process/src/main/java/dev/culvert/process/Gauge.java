package dev.culvert.process;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;

/// One number that goes up and down. Thread-safe, because many loops move the same gauge.
public final class Gauge implements DoubleSupplier {
    private final AtomicLong value = new AtomicLong();

    Gauge() {}

    public void increment() {
        value.incrementAndGet();
    }

    public void decrement() {
        value.decrementAndGet();
    }

    public void set(long next) {
        value.set(next);
    }

    @Override
    public double getAsDouble() {
        return value.get();
    }
}
