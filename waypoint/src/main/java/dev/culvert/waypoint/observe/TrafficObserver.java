package dev.culvert.waypoint.observe;

import dev.culvert.mesh.telemetry.AddressedService;
import dev.culvert.mesh.telemetry.Party;
import dev.culvert.mesh.telemetry.Reporter;
import dev.culvert.mesh.telemetry.TcpMetrics;
import dev.culvert.mesh.telemetry.TrafficLabels;
import dev.culvert.mesh.telemetry.TrafficSeries;
import dev.culvert.waypoint.exchange.ExchangeObserver;
import dev.culvert.waypoint.exchange.ExchangeRecord;
import dev.culvert.waypoint.exchange.WorkloadInfo;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Tells of the exchanges and connections of one service. Immutable but for what it counts; any loop may use it.
final class TrafficObserver implements ExchangeObserver {
    private static final double NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final RequestMetrics requests;
    private final TcpMetrics connections;
    private final MetricRules rules;
    private final List<LogTarget> logs;
    private final @Nullable Tracer tracer;

    TrafficObserver(
            RequestMetrics requests,
            TcpMetrics connections,
            MetricRules rules,
            List<LogTarget> logs,
            @Nullable Tracer tracer) {
        this.requests = requests;
        this.connections = connections;
        this.rules = rules;
        this.logs = List.copyOf(logs);
        this.tracer = tracer;
    }

    @Override
    public void began(ExchangeRecord exchange) {
        if (tracer != null) {
            tracer.begun(exchange);
        }
    }

    @Override
    public void opened(ExchangeRecord connection) {
        if (rules.wanted().requests()) {
            connection.observation = connections.opened(new TrafficLabels(
                    Reporter.WAYPOINT,
                    source(connection),
                    destination(connection),
                    service(connection),
                    true,
                    TrafficLabels.NO_FLAGS));
        }
    }

    @Override
    public void ended(ExchangeRecord exchange) {
        if (exchange.endNanos == 0) {
            exchange.endNanos = System.nanoTime();
        }
        if (exchange.isOpaque()) {
            closed(exchange);
        } else {
            count(exchange);
            if (tracer != null) {
                tracer.ended(exchange);
            }
        }
        if (logs.isEmpty()) {
            RefusalLog.tell(exchange);
        }
        for (LogTarget log : logs) {
            log.write(exchange);
        }
    }

    private void closed(ExchangeRecord connection) {
        if (connection.observation == null) {
            opened(connection);
        }
        if (connection.observation instanceof TrafficSeries series) {
            series.bytes(connection.requestBytes, connection.responseBytes);
            series.closed(connection.flagText());
        }
    }

    private void count(ExchangeRecord exchange) {
        boolean grpc = exchange.request != null && exchange.request.isGrpc();
        RequestLabels labels = new RequestLabels(
                source(exchange),
                destination(exchange),
                service(exchange),
                grpc ? "grpc" : "http",
                Integer.toString(exchange.status),
                exchange.flagText(),
                grpc && exchange.grpcStatus >= 0 ? Integer.toString(exchange.grpcStatus) : "",
                true,
                rules.overrides(exchange));
        requests.count(
                labels,
                new RequestMetrics.Amounts(
                        (exchange.endNanos - exchange.startNanos) / NANOS_PER_MILLI,
                        exchange.requestBytes + exchange.requestHeaderBytes,
                        exchange.responseBytes + exchange.responseHeaderBytes,
                        exchange.requestMessages,
                        exchange.responseMessages),
                rules.wanted());
    }

    private static Party source(ExchangeRecord exchange) {
        WorkloadInfo said = exchange.client.workload();
        WorkloadInfo info = said == null ? WorkloadInfo.UNKNOWN : said;
        return party(
                info, exchange.client.namespace(), exchange.client.identity().toString(), said != null);
    }

    private static Party destination(ExchangeRecord exchange) {
        WorkloadInfo info = exchange.upstreamWorkload == null ? WorkloadInfo.UNKNOWN : exchange.upstreamWorkload;
        String principal = exchange.upstreamIdentity == null ? "" : exchange.upstreamIdentity.toString();
        return party(info, info.namespace(), principal, false);
    }

    private static Party party(WorkloadInfo info, String namespace, String principal, boolean claimed) {
        return new Party(
                info.name(),
                info.canonicalService(),
                info.canonicalRevision(),
                namespace,
                principal,
                info.app(),
                info.version(),
                info.cluster(),
                "",
                "",
                claimed);
    }

    private static AddressedService service(ExchangeRecord exchange) {
        return new AddressedService(exchange.serviceHostname, exchange.serviceNamespace, exchange.serviceName);
    }
}
