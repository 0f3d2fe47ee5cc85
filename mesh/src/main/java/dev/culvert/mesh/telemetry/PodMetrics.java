package dev.culvert.mesh.telemetry;

import dev.culvert.process.Counter;
import dev.culvert.process.Gauge;
import dev.culvert.process.Metrics;

/// The `workload_manager_*` metrics: how many pods are served, wait to be, came and went. Thread-safe.
public final class PodMetrics {
    private final Gauge active;
    private final Gauge pending;
    private final Counter started;
    private final Counter stopped;

    public PodMetrics(Metrics metrics) {
        active = MetricCatalogue.ACTIVE_PROXIES.gauge(metrics).with();
        pending = MetricCatalogue.PENDING_PROXIES.gauge(metrics).with();
        started = MetricCatalogue.PROXIES_STARTED.counter(metrics).with();
        stopped = MetricCatalogue.PROXIES_STOPPED.counter(metrics).with();
    }

    /// A pod is served from now on.
    public void started() {
        started.increment();
        active.increment();
    }

    /// A pod that was served is so no more.
    public void stopped() {
        stopped.increment();
        active.decrement();
    }

    /// So many pods wait for their listeners.
    public void pending(int pods) {
        pending.set(pods);
    }
}
