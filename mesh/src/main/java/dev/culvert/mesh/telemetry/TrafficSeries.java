package dev.culvert.mesh.telemetry;

import dev.culvert.process.Counter;
import dev.culvert.process.CounterFamily;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The counters of one set of labels, those of every flag among them. Thread-safe; nothing waits.
///
/// They come together and go together, so that opened less closed stays the number of open connections:
/// the set is let go when it has no connection for [#KEPT], and a scrape has seen its last values. One
/// that comes back begins at 0. A scraper sees the series end and begin anew, as after a restart of
/// this process; no value that it sees is ever less than the one before it.
public final class TrafficSeries {
    static final Duration KEPT = Duration.ofHours(1);

    private static final int FLAGS = TrafficLabels.NAMES.indexOf("response_flags");
    private static final int GONE = Integer.MIN_VALUE;

    /// The five families of the traffic's counters.
    record Families(
            CounterFamily opened,
            CounterFamily closed,
            CounterFamily failed,
            CounterFamily received,
            CounterFamily sent) {}

    /// The counters that an end with one flag moves.
    private record Ends(Counter closed, @Nullable Counter failed) {}

    private final Families families;
    private final List<String> values;
    private final LongSupplier nanoTime;
    private final Counter opened;
    private final Counter received;
    private final Counter sent;
    private final Map<String, Ends> ends = new ConcurrentHashMap<>(2);
    private final AtomicInteger open = new AtomicInteger();
    /// When the last connection ended, or this was made.
    private volatile long lastEnd;
    /// The last end whose count a scrape has shown; guarded by whoever calls [#letGo].
    private long shownEnd;

    TrafficSeries(Families families, List<String> values, LongSupplier nanoTime) {
        this.families = families;
        this.values = values;
        this.nanoTime = nanoTime;
        opened = families.opened.with(values);
        received = families.received.with(values);
        sent = families.sent.with(values);
        lastEnd = nanoTime.getAsLong();
    }

    /// Counts a connection that opens; false when the set has been let go.
    boolean open() {
        for (int now = open.get(); now != GONE; now = open.get()) {
            if (open.compareAndSet(now, now + 1)) {
                opened.increment();
                return true;
            }
        }
        return false;
    }

    /// Bytes of an open connection went by: from the client to the server, and from the server to the client.
    public void bytes(long fromClient, long fromServer) {
        received.add(fromClient);
        sent.add(fromServer);
    }

    /// A connection that was opened has ended with `flags`.
    public void closed(String flags) {
        Ends counters = ends.get(flags);
        if (counters == null) {
            counters = ends.computeIfAbsent(flags, this::resolve);
        }
        counters.closed.increment();
        if (counters.failed != null) {
            counters.failed.increment();
        }
        lastEnd = nanoTime.getAsLong();
        open.decrementAndGet();
    }

    /// Takes the counters out of their families if nobody has used them for long; then it is true. One caller at
    /// a time.
    boolean letGo() {
        long end = lastEnd;
        if (open.get() != 0) {
            return false;
        }
        if (shownEnd != end) {
            shownEnd = end;
            return false;
        }
        if (nanoTime.getAsLong() - end < KEPT.toNanos() || !open.compareAndSet(0, GONE)) {
            return false;
        }
        families.opened.remove(values, opened);
        families.received.remove(values, received);
        families.sent.remove(values, sent);
        ends.forEach((flags, counters) -> {
            families.closed.remove(withFlags(flags), counters.closed);
            if (counters.failed != null) {
                families.failed.remove(withFlags(flags), counters.failed);
            }
        });
        return true;
    }

    private Ends resolve(String flags) {
        List<String> flagged = withFlags(flags);
        boolean failure = !flags.equals(TrafficLabels.NO_FLAGS);
        return new Ends(families.closed.with(flagged), failure ? families.failed.with(flagged) : null);
    }

    private List<String> withFlags(String flags) {
        List<String> flagged = new ArrayList<>(values);
        flagged.set(FLAGS, flags);
        return List.copyOf(flagged);
    }
}
