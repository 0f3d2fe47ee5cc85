package dev.culvert.mesh.telemetry;

import dev.culvert.hbone.tls.RevocationObserver;
import dev.culvert.process.Counter;
import dev.culvert.process.CounterFamily;
import dev.culvert.process.Metrics;

/// The `istio_crl_*` metrics: connections that a revoked certificate prevented or ended. Thread-safe.
///
/// Every connection is watched, so none is ever untracked; that metric says so by standing at 0.
public final class RevocationMetrics implements RevocationObserver {
    private final Counter outbound;
    private final Counter inbound;

    public RevocationMetrics(Metrics metrics) {
        CounterFamily rejections = MetricCatalogue.CRL_REJECTIONS.counter(metrics);
        outbound = rejections.with(Reporter.SOURCE.label());
        inbound = rejections.with(Reporter.DESTINATION.label());
        CounterFamily untracked = MetricCatalogue.CRL_UNTRACKED.counter(metrics);
        for (Reporter reporter : Reporter.values()) {
            untracked.with(reporter.label()).add(0);
        }
    }

    @Override
    public void revoked(boolean client) {
        (client ? outbound : inbound).increment();
    }
}
