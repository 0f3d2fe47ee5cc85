package dev.culvert.mesh.telemetry;

import dev.culvert.process.Gauge;
import dev.culvert.process.GaugeFamily;
import dev.culvert.process.Metrics;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The `istio_tcp_*` metrics. Thread-safe, because all loops count for the same labels; nothing waits.
///
/// A connection resolves its labels once, when it opens; its bytes and its end are additions to the
/// counters that it was given. Labels that nobody uses any more are let go at a scrape, see
/// [TrafficSeries].
public final class TcpMetrics {
    /// Label sets that clients may make by what they say of themselves.
    static final int MOST_CLAIMS = 1_000;
    /// Label sets in all; connections beyond are counted in one whose labels, but for the flags, say `overflow`.
    static final int MOST = 10_000;

    private static final Logger log = LoggerFactory.getLogger(TcpMetrics.class);
    private static final List<String> OVERFLOW = Collections.nCopies(TrafficLabels.NAMES.size(), "overflow");

    private final TrafficSeries.Families families;
    private final LongSupplier nanoTime;
    private final Gauge outboundSockets;
    private final Gauge inboundSockets;
    private final Map<TrafficLabels, TrafficSeries> series = new ConcurrentHashMap<>();
    /// Those of `series` that are what clients say of themselves.
    private final AtomicInteger claims = new AtomicInteger();
    private final AtomicBoolean warned = new AtomicBoolean();
    private @Nullable TrafficSeries overflow;

    public TcpMetrics(Metrics metrics) {
        this(metrics, System::nanoTime);
    }

    TcpMetrics(Metrics metrics, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        families = new TrafficSeries.Families(
                MetricCatalogue.TCP_OPENED.counter(metrics),
                MetricCatalogue.TCP_CLOSED.counter(metrics),
                MetricCatalogue.TCP_FAILED.counter(metrics),
                MetricCatalogue.TCP_RECEIVED_BYTES.counter(metrics),
                MetricCatalogue.TCP_SENT_BYTES.counter(metrics));
        GaugeFamily open = MetricCatalogue.TCP_SOCKETS_OPEN.gauge(metrics);
        outboundSockets = open.with(Reporter.SOURCE.label());
        inboundSockets = open.with(Reporter.DESTINATION.label());
        metrics.beforeScrape(this::letGo);
    }

    /// A downstream connection was accepted.
    public void socketOpened(Reporter reporter) {
        sockets(reporter).increment();
    }

    public void socketClosed(Reporter reporter) {
        sockets(reporter).decrement();
    }

    /// It is decided where a connection goes; gives its counters, which must be told of its end. The flag
    /// of `labels` is `-`.
    public TrafficSeries opened(TrafficLabels labels) {
        TrafficSeries known = series.get(labels);
        return known != null && known.open() ? known : openedAnew(believed(labels));
    }

    private Gauge sockets(Reporter reporter) {
        return switch (reporter) {
            case SOURCE -> outboundSockets;
            case DESTINATION, WAYPOINT -> inboundSockets;
        };
    }

    /// Any peer of the mesh can say anything of itself; that must not fill our memory, nor push others' series out.
    private TrafficLabels believed(TrafficLabels labels) {
        if (!labels.claimed() || claims.get() < MOST_CLAIMS || series.containsKey(labels)) {
            return labels;
        }
        if (warned.compareAndSet(false, true)) {
            log.atWarn()
                    .addKeyValue("series", MOST_CLAIMS)
                    .addKeyValue("principal", labels.source().principal())
                    .log("clients say too many things of themselves; further ones are counted as unknown");
        }
        return labels.proven();
    }

    /// Never meets a set that is being let go: the map does one of both at a time.
    private TrafficSeries openedAnew(TrafficLabels labels) {
        boolean room = series.size() < MOST || series.containsKey(labels);
        TrafficSeries opened = room ? series.computeIfAbsent(labels, this::make) : overflow();
        return opened.open() ? opened : openedAnew(labels);
    }

    private TrafficSeries make(TrafficLabels labels) {
        if (labels.claimed()) {
            claims.incrementAndGet();
        }
        return new TrafficSeries(families, labels.values(), nanoTime);
    }

    private synchronized TrafficSeries overflow() {
        TrafficSeries known = overflow;
        if (known == null) {
            log.atWarn()
                    .addKeyValue("series", MOST)
                    .log("too many label sets; further ones are counted under overflow");
            known = new TrafficSeries(families, OVERFLOW, nanoTime);
            overflow = known;
        }
        return known;
    }

    private void letGo() {
        for (TrafficLabels labels : series.keySet()) {
            series.computeIfPresent(labels, (_, each) -> {
                boolean gone = each.letGo();
                if (gone && labels.claimed()) {
                    claims.decrementAndGet();
                }
                return gone ? null : each;
            });
        }
    }
}
