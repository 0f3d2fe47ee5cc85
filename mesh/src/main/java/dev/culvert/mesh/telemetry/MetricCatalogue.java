package dev.culvert.mesh.telemetry;

import dev.culvert.process.CounterFamily;
import dev.culvert.process.GaugeFamily;
import dev.culvert.process.Metrics;
import java.util.List;

/// Every metric of a proxy of ours: name, kind, help and labels, as Istio's dashboards know them. Immutable.
public enum MetricCatalogue {
    TCP_OPENED(
            Kind.COUNTER,
            "istio_tcp_connections_opened_total",
            "The total number of TCP connections opened.",
            TrafficLabels.NAMES),
    TCP_CLOSED(
            Kind.COUNTER,
            "istio_tcp_connections_closed_total",
            "The total number of TCP connections closed.",
            TrafficLabels.NAMES),
    TCP_FAILED(
            Kind.COUNTER,
            "istio_tcp_connections_failed_total",
            "The total number of TCP connections that ended in a failure.",
            TrafficLabels.NAMES),
    TCP_RECEIVED_BYTES(
            Kind.COUNTER,
            "istio_tcp_received_bytes_total",
            "The total number of bytes received from clients.",
            TrafficLabels.NAMES),
    TCP_SENT_BYTES(
            Kind.COUNTER,
            "istio_tcp_sent_bytes_total",
            "The total number of bytes sent to clients.",
            TrafficLabels.NAMES),
    TCP_SOCKETS_OPEN(
            Kind.GAUGE,
            "istio_tcp_sockets_open",
            "The number of downstream connections that are open now.",
            List.of("reporter")),
    CRL_REJECTIONS(
            Kind.COUNTER,
            "istio_crl_policy_rejections_total",
            "The total number of connections refused or closed for a revoked certificate.",
            List.of("reporter")),
    CRL_UNTRACKED(
            Kind.COUNTER,
            "istio_crl_untracked_connections_total",
            "The total number of connections that cannot be closed on revocation.",
            List.of("reporter")),
    XDS_TERMINATIONS(
            Kind.COUNTER,
            "istio_xds_connection_terminations_total",
            "The total number of ended connections to the control plane.",
            List.of("reason")),
    XDS_MESSAGES(
            Kind.COUNTER,
            "istio_xds_message_total",
            "The total number of messages received from the control plane.",
            List.of("url")),
    XDS_MESSAGE_BYTES(
            Kind.COUNTER,
            "istio_xds_message_bytes_total",
            "The total number of bytes of messages received from the control plane.",
            List.of("url")),
    BUILD(Kind.GAUGE, "istio_build", "The component and its version.", List.of("component", "tag")),
    ACTIVE_PROXIES(
            Kind.GAUGE, "workload_manager_active_proxy_count", "The number of pods that are served now.", List.of()),
    PENDING_PROXIES(
            Kind.GAUGE,
            "workload_manager_pending_proxy_count",
            "The number of pods whose listeners could not be set up yet.",
            List.of()),
    PROXIES_STARTED(
            Kind.COUNTER,
            "workload_manager_proxies_started_total",
            "The total number of pods that came to be served.",
            List.of()),
    PROXIES_STOPPED(
            Kind.COUNTER,
            "workload_manager_proxies_stopped_total",
            "The total number of pods that ceased to be served.",
            List.of()),
    OPEN_FDS(Kind.GAUGE, "process_open_fds", "The number of open file descriptors.", List.of()),
    MAX_FDS(Kind.GAUGE, "process_max_fds", "The number of file descriptors that may be open.", List.of());

    private enum Kind {
        COUNTER,
        GAUGE
    }

    private final Kind kind;
    private final String metric;
    private final String help;
    /// Made by `List.of`, which the checker cannot see.
    @SuppressWarnings("ImmutableEnumChecker")
    private final List<String> labels;

    MetricCatalogue(Kind kind, String metric, String help, List<String> labels) {
        this.kind = kind;
        this.metric = metric;
        this.help = help;
        this.labels = labels;
    }

    /// Adds this counter to `metrics`; once for each registry.
    public CounterFamily counter(Metrics metrics) {
        expect(Kind.COUNTER);
        return metrics.counter(metric, help, names());
    }

    public GaugeFamily gauge(Metrics metrics) {
        expect(Kind.GAUGE);
        return metrics.gauge(metric, help, names());
    }

    public String metricName() {
        return metric;
    }

    private String[] names() {
        return labels.toArray(String[]::new);
    }

    private void expect(Kind wanted) {
        if (kind != wanted) {
            throw new IllegalStateException(metric + " is no " + wanted);
        }
    }
}
