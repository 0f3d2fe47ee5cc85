package dev.culvert.process;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// One thread's part of a [Counter]. Confined to that thread, but for the scrape, which reads it from another.
///
/// An addition is a plain read and an opaque store: no fence and no atomic operation, about a nanosecond. With one
/// writer
/// nothing is lost, and opaque access gives the reader whole values that only grow, soon enough for a scrape.
public final class CounterCell {
    private static final VarHandle COUNT;

    static {
        try {
            COUNT = MethodHandles.lookup().findVarHandle(CounterCell.class, "count", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private long count;

    CounterCell() {}

    public void increment() {
        add(1);
    }

    public void add(long amount) {
        COUNT.setOpaque(this, count + amount);
    }

    long value() {
        return (long) COUNT.getOpaque(this);
    }
}
