package dev.culvert.mesh.telemetry;

import dev.culvert.mesh.xds.AdsObserver;
import dev.culvert.mesh.xds.StreamEnd;
import dev.culvert.process.CounterFamily;
import dev.culvert.process.Metrics;

/// The `istio_xds_*` metrics: what came from the control plane and how its connections ended. Thread-safe.
public final class XdsMetrics implements AdsObserver {
    private final CounterFamily terminations;
    private final CounterFamily messages;
    private final CounterFamily messageBytes;

    public XdsMetrics(Metrics metrics) {
        terminations = MetricCatalogue.XDS_TERMINATIONS.counter(metrics);
        messages = MetricCatalogue.XDS_MESSAGES.counter(metrics);
        messageBytes = MetricCatalogue.XDS_MESSAGE_BYTES.counter(metrics);
    }

    /// Istio counts only ends.
    @Override
    public void streamOpened() {}

    @Override
    public void streamTerminated(StreamEnd end) {
        terminations.with(end.label()).increment();
    }

    @Override
    public void messageReceived(String typeUrl, int bytes) {
        messages.with(typeUrl).increment();
        messageBytes.with(typeUrl).add(bytes);
    }
}
