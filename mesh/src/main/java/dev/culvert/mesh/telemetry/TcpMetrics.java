package dev.culvert.mesh.telemetry;

import dev.culvert.process.Counter;
import dev.culvert.process.CounterFamily;
import dev.culvert.process.Gauge;
import dev.culvert.process.GaugeFamily;
import dev.culvert.process.Metrics;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The `istio_tcp_*` metrics. Thread-safe, because all loops count for the same labels; nothing waits.
///
/// A connection resolves its labels once, when it opens, and again when it ends with a flag; its bytes
/// are additions to the two counters that it was given.
public final class TcpMetrics {
    /// Where the bytes of one connection are counted.
    ///
    /// @param received from the client to the server
    /// @param sent from the server to the client
    public record Bytes(Counter received, Counter sent) {}

    /// Series that clients may make by what they say of themselves.
    static final int MOST_CLAIMS = 1_000;
    /// Label sets whose counters are remembered here; the families bound the rest.
    private static final int MOST_REMEMBERED = 10_000;

    private static final Logger log = LoggerFactory.getLogger(TcpMetrics.class);

    private final CounterFamily opened;
    private final CounterFamily closed;
    private final CounterFamily failed;
    private final CounterFamily received;
    private final CounterFamily sent;
    private final Gauge outboundSockets;
    private final Gauge inboundSockets;
    private final Map<TrafficLabels, Series> series = new ConcurrentHashMap<>();
    /// What clients were believed; grows to its bound and then stays, so that an end is counted as its beginning was.
    private final Set<TrafficLabels> claims = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean full = new AtomicBoolean();

    /// The counters that every connection of these labels moves.
    private record Series(Counter opened, Bytes bytes) {}

    public TcpMetrics(Metrics metrics) {
        opened = MetricCatalogue.TCP_OPENED.counter(metrics);
        closed = MetricCatalogue.TCP_CLOSED.counter(metrics);
        failed = MetricCatalogue.TCP_FAILED.counter(metrics);
        received = MetricCatalogue.TCP_RECEIVED_BYTES.counter(metrics);
        sent = MetricCatalogue.TCP_SENT_BYTES.counter(metrics);
        GaugeFamily open = MetricCatalogue.TCP_SOCKETS_OPEN.gauge(metrics);
        outboundSockets = open.with(Reporter.SOURCE.label());
        inboundSockets = open.with(Reporter.DESTINATION.label());
    }

    /// A downstream connection was accepted.
    public void socketOpened(Reporter reporter) {
        sockets(reporter).increment();
    }

    public void socketClosed(Reporter reporter) {
        sockets(reporter).decrement();
    }

    /// It is decided where a connection goes; gives the counters of its bytes. The flag of `labels` is `-`.
    public Bytes opened(TrafficLabels labels) {
        Series known = series.get(labels);
        if (known == null) {
            known = make(believed(labels));
        }
        known.opened().increment();
        return known.bytes();
    }

    /// A connection that was opened has ended, with the flag that `labels` carry.
    public void closed(TrafficLabels labels) {
        boolean believed = !labels.claimed() || claims.contains(labels.withFlags(TrafficLabels.NO_FLAGS));
        List<String> values = (believed ? labels : labels.proven()).values();
        closed.with(values).increment();
        if (!labels.responseFlags().equals(TrafficLabels.NO_FLAGS)) {
            failed.with(values).increment();
        }
    }

    private Gauge sockets(Reporter reporter) {
        return switch (reporter) {
            case SOURCE -> outboundSockets;
            case DESTINATION -> inboundSockets;
        };
    }

    /// Any peer of the mesh can say anything of itself; that must not fill our memory, nor push others' series out.
    private TrafficLabels believed(TrafficLabels labels) {
        if (!labels.claimed() || claims.contains(labels)) {
            return labels;
        }
        if (claims.size() < MOST_CLAIMS) {
            claims.add(labels);
            return labels;
        }
        if (full.compareAndSet(false, true)) {
            log.atWarn()
                    .addKeyValue("series", MOST_CLAIMS)
                    .addKeyValue("principal", labels.source().principal())
                    .log("clients say too many things of themselves; further ones are counted as unknown");
        }
        return labels.proven();
    }

    private Series make(TrafficLabels labels) {
        return series.size() < MOST_REMEMBERED ? series.computeIfAbsent(labels, this::resolve) : resolve(labels);
    }

    private Series resolve(TrafficLabels labels) {
        List<String> values = labels.values();
        return new Series(opened.with(values), new Bytes(received.with(values), sent.with(values)));
    }
}
