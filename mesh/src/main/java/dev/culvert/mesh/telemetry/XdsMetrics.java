package dev.culvert.mesh.telemetry;

import dev.culvert.process.CounterFamily;
import dev.culvert.process.Metrics;

/// The `istio_xds_*` metrics: what came from the control plane and how its connections ended. Thread-safe.
public final class XdsMetrics {
    /// How a connection to the control plane ended.
    public enum Termination {
        CONNECTION_ERROR("ConnectionError"),
        ERROR("Error"),
        RECONNECT("Reconnect"),
        COMPLETE("Complete");

        private final String label;

        Termination(String label) {
            this.label = label;
        }
    }

    private final CounterFamily terminations;
    private final CounterFamily messages;
    private final CounterFamily messageBytes;

    public XdsMetrics(Metrics metrics) {
        terminations = MetricCatalogue.XDS_TERMINATIONS.counter(metrics);
        messages = MetricCatalogue.XDS_MESSAGES.counter(metrics);
        messageBytes = MetricCatalogue.XDS_MESSAGE_BYTES.counter(metrics);
    }

    public void terminated(Termination termination) {
        terminations.with(termination.label).increment();
    }

    /// A message of resources of one type came.
    public void received(String typeUrl, long bytes) {
        messages.with(typeUrl).increment();
        messageBytes.with(typeUrl).add(bytes);
    }
}
