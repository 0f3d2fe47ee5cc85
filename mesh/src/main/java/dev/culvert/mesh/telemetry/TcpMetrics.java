package dev.culvert.mesh.telemetry;

import dev.culvert.process.Counter;
import dev.culvert.process.CounterFamily;
import dev.culvert.process.Gauge;
import dev.culvert.process.GaugeFamily;
import dev.culvert.process.Metrics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

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

    private final CounterFamily opened;
    private final CounterFamily closed;
    private final CounterFamily failed;
    private final CounterFamily received;
    private final CounterFamily sent;
    private final Gauge outboundSockets;
    private final Gauge inboundSockets;
    private final Map<TrafficLabels, Series> series = new ConcurrentHashMap<>();

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
        Series known = series.computeIfAbsent(labels, this::resolve);
        known.opened().increment();
        return known.bytes();
    }

    /// A connection that was opened has ended, with the flag that `labels` carry.
    public void closed(TrafficLabels labels) {
        List<String> values = labels.values();
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

    private Series resolve(TrafficLabels labels) {
        List<String> values = labels.values();
        return new Series(opened.with(values), new Bytes(received.with(values), sent.with(values)));
    }
}
