package dev.culvert.waypoint.observe;

import dev.culvert.process.Counter;
import dev.culvert.process.CounterFamily;
import dev.culvert.process.Histogram;
import dev.culvert.process.HistogramFamily;
import dev.culvert.process.Metrics;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `istio_requests_total` and its family. Thread-safe; nothing waits.
///
/// A set of labels that nobody used for [#KEPT] is let go at a scrape that follows one which showed its last values.
final class RequestMetrics {
    private static final Logger LOG = LoggerFactory.getLogger(RequestMetrics.class);
    /// Label sets in all; requests beyond are counted in one whose labels say `overflow`.
    static final int MOST = 10_000;
    /// Label sets beyond which what clients say of themselves is not believed.
    static final int MOST_CLAIMS = 5_000;

    static final Duration KEPT = Duration.ofHours(1);
    private static final List<String> OVERFLOW = Collections.nCopies(RequestLabels.NAMES.size(), "overflow");

    /// Which of the metrics are wanted. Immutable.
    record Wanted(boolean requests, boolean duration, boolean requestBytes, boolean responseBytes, boolean messages) {
        static final Wanted ALL = new Wanted(true, true, true, true, true);
        static final Wanted NONE = new Wanted(false, false, false, false, false);
    }

    /// What one exchange adds. Immutable.
    record Amounts(double millis, long requestBytes, long responseBytes, long requestMessages, long responseMessages) {}

    private final CounterFamily requests;
    private final HistogramFamily durations;
    private final HistogramFamily requestBytes;
    private final HistogramFamily responseBytes;
    private final CounterFamily requestMessages;
    private final CounterFamily responseMessages;
    private final LongSupplier nanoTime;
    private final Map<RequestLabels, Series> series = new ConcurrentHashMap<>();
    private final AtomicBoolean warned = new AtomicBoolean();
    private final Series overflow;

    RequestMetrics(Metrics metrics, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        String[] labels = RequestLabels.NAMES.toArray(String[]::new);
        List<Double> bounds = HistogramFamily.ISTIO_BOUNDS;
        requests = metrics.counter("istio_requests_total", "The total number of requests.", labels);
        durations = metrics.histogram(
                "istio_request_duration_milliseconds", "Milliseconds from the first byte to the last.", bounds, labels);
        requestBytes = metrics.histogram("istio_request_bytes", "Bytes of requests.", bounds, labels);
        responseBytes = metrics.histogram("istio_response_bytes", "Bytes of responses.", bounds, labels);
        requestMessages = metrics.counter(
                "istio_request_messages_total", "The total number of messages of gRPC from clients.", labels);
        responseMessages = metrics.counter(
                "istio_response_messages_total", "The total number of messages of gRPC to clients.", labels);
        overflow = new Series(OVERFLOW);
        metrics.beforeScrape(this::letGo);
    }

    void count(RequestLabels labels, Amounts amounts, Wanted wanted) {
        Series found = series.get(labels);
        while (found == null || !found.add(amounts, wanted)) {
            found = make(labels);
        }
    }

    private Series make(RequestLabels labels) {
        int size = series.size();
        if (size >= MOST_CLAIMS && warned.compareAndSet(false, true)) {
            LOG.atWarn()
                    .addKeyValue("series", size)
                    .addKeyValue("principal", labels.source().principal())
                    .log("too many label sets; what clients say of themselves is counted as unknown from now on");
        }
        if (size >= MOST) {
            return overflow;
        }
        RequestLabels counted = size >= MOST_CLAIMS ? labels.proven() : labels;
        return series.compute(counted, (key, known) -> known == null || known.gone ? new Series(key.values()) : known);
    }

    private void letGo() {
        for (RequestLabels labels : series.keySet()) {
            series.computeIfPresent(labels, (_, each) -> each.letGo() ? null : each);
        }
    }

    /// The metrics of one set of labels; each is made when first wanted.
    private final class Series {
        private final List<String> values;
        private final Map<String, Object> made = new ConcurrentHashMap<>(4);
        private volatile long used = nanoTime.getAsLong();
        private volatile boolean gone;
        /// The last use whose values a scrape has shown.
        private long shown;

        Series(List<String> values) {
            this.values = values;
        }

        boolean add(Amounts amounts, Wanted wanted) {
            used = nanoTime.getAsLong();
            if (gone) {
                return false;
            }
            if (wanted.requests()) {
                counter("n", requests).increment();
            }
            if (wanted.duration()) {
                histogram("d", durations).observe(amounts.millis());
            }
            if (wanted.requestBytes()) {
                histogram("q", requestBytes).observe((double) amounts.requestBytes());
            }
            if (wanted.responseBytes()) {
                histogram("s", responseBytes).observe((double) amounts.responseBytes());
            }
            if (wanted.messages() && (amounts.requestMessages() | amounts.responseMessages()) != 0) {
                counter("mq", requestMessages).add(amounts.requestMessages());
                counter("ms", responseMessages).add(amounts.responseMessages());
            }
            return true;
        }

        private Counter counter(String key, CounterFamily family) {
            Object known = made.get(key);
            return (Counter) (known == null ? made.computeIfAbsent(key, _ -> family.with(values)) : known);
        }

        private Histogram histogram(String key, HistogramFamily family) {
            Object known = made.get(key);
            return (Histogram) (known == null ? made.computeIfAbsent(key, _ -> family.with(values)) : known);
        }

        boolean letGo() {
            long last = used;
            if (shown != last) {
                shown = last;
                return false;
            }
            if (nanoTime.getAsLong() - last < KEPT.toNanos()) {
                return false;
            }
            gone = true;
            made.forEach((key, each) -> {
                switch (key) {
                    case "n" -> requests.remove(values, (Counter) each);
                    case "d" -> durations.remove(values, (Histogram) each);
                    case "q" -> requestBytes.remove(values, (Histogram) each);
                    case "s" -> responseBytes.remove(values, (Histogram) each);
                    case "mq" -> requestMessages.remove(values, (Counter) each);
                    default -> responseMessages.remove(values, (Counter) each);
                }
            });
            return true;
        }
    }
}
