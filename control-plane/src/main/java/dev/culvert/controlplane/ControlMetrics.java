package dev.culvert.controlplane;

import dev.culvert.api.TypeUrls;
import dev.culvert.controlplane.ca.CaObserver;
import dev.culvert.controlplane.xds.XdsObserver;
import dev.culvert.process.Counter;
import dev.culvert.process.CounterFamily;
import dev.culvert.process.Gauge;
import dev.culvert.process.Metrics;
import java.util.Locale;

/// Every metric of the control plane; where Istio's has one, its name. Thread-safe.
final class ControlMetrics {
    private final CounterFamily pushes;
    private final CounterFamily pushedBytes;
    private final CounterFamily rejects;
    private final CounterFamily disconnects;
    private final Gauge clients;
    private final Counter requested;
    private final Counter issued;
    private final Counter unreadable;
    private final Counter unauthenticated;
    private final CounterFamily closedConnections;

    ControlMetrics(Metrics metrics) {
        pushes = metrics.counter("pilot_xds_pushes_total", "Discovery responses sent, by type.", "type");
        pushedBytes = metrics.counter("culvert_xds_pushed_bytes_total", "Bytes of discovery responses.", "type");
        rejects = metrics.counter("pilot_total_xds_rejects_total", "Responses that clients rejected.", "type");
        disconnects = metrics.counter("culvert_xds_disconnects_total", "Streams that we ended, by status.", "code");
        clients = metrics.gauge("pilot_xds", "Discovery clients that are connected.")
                .with();
        requested = metrics.counter("citadel_server_csr_count_total", "Certificate requests received.")
                .with();
        issued = metrics.counter("citadel_server_success_cert_issuance_count_total", "Certificates issued.")
                .with();
        unreadable = metrics.counter(
                        "citadel_server_csr_parsing_err_count_total", "Certificate requests that could not be used.")
                .with();
        unauthenticated = metrics.counter(
                        "citadel_server_authentication_failure_count_total",
                        "Calls without a valid token, and certificate requests for an identity the caller may not have.")
                .with();
        closedConnections = metrics.counter(
                "culvert_control_connections_closed_total", "Connections that a limit ended, by limit.", "reason");
    }

    void connectionClosed(String reason) {
        closedConnections.with(reason.toLowerCase(Locale.ROOT)).increment();
    }

    void callRefused() {
        unauthenticated.increment();
    }

    CaObserver authority() {
        return new CaObserver() {
            @Override
            public void requested() {
                requested.increment();
            }

            @Override
            public void issued() {
                issued.increment();
            }

            @Override
            public void refused() {
                unauthenticated.increment();
            }

            @Override
            public void unreadable() {
                unreadable.increment();
            }
        };
    }

    XdsObserver discovery() {
        return new XdsObserver() {
            @Override
            public void opened() {
                clients.increment();
            }

            @Override
            public void closed() {
                clients.decrement();
            }

            @Override
            public void pushed(String typeUrl, long bytes) {
                pushes.with(shortName(typeUrl)).increment();
                pushedBytes.with(shortName(typeUrl)).add(bytes);
            }

            @Override
            public void rejected(String typeUrl) {
                rejects.with(shortName(typeUrl)).increment();
            }

            @Override
            public void refused(String code) {
                disconnects.with(code).increment();
            }
        };
    }

    /// Only types that we have become label values, so a client cannot make series.
    private static String shortName(String typeUrl) {
        return switch (typeUrl) {
            case TypeUrls.ADDRESS -> "Address";
            case TypeUrls.WORKLOAD -> "Workload";
            case TypeUrls.AUTHORIZATION -> "Authorization";
            case TypeUrls.WAYPOINT -> "Waypoint";
            case TypeUrls.WAYPOINT_SERVICE -> "Service";
            case TypeUrls.WAYPOINT_WORKLOAD -> "AttachedWorkload";
            case TypeUrls.WAYPOINT_CLUSTER -> "Cluster";
            default -> "other";
        };
    }
}
