package dev.culvert.ztunnel.flow;

import dev.culvert.api.SpiffeId;
import dev.culvert.hbone.header.Baggage;
import dev.culvert.mesh.model.NamespacedHostname;
import dev.culvert.mesh.model.Workload;
import dev.culvert.mesh.telemetry.AccessLogEntry;
import dev.culvert.mesh.telemetry.AccessLogEntry.End;
import dev.culvert.mesh.telemetry.AccessLogEntry.Route;
import dev.culvert.mesh.telemetry.AccessLogWriter;
import dev.culvert.mesh.telemetry.AddressedService;
import dev.culvert.mesh.telemetry.Party;
import dev.culvert.mesh.telemetry.TcpMetrics;
import dev.culvert.mesh.telemetry.TrafficLabels;
import dev.culvert.mesh.telemetry.TrafficSeries;
import dev.culvert.process.LogLevel;
import dev.culvert.ztunnel.connection.Captured;
import dev.culvert.ztunnel.connection.CloseReason;
import dev.culvert.ztunnel.connection.ConnectionEntry;
import dev.culvert.ztunnel.connection.ConnectionJournal;
import dev.culvert.ztunnel.connection.Direction;
import dev.culvert.ztunnel.connection.ResponseFlag;
import dev.culvert.ztunnel.connection.Traffic;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Writes what becomes of connections into the metrics and the access log. Thread-safe.
///
/// A connection that ends before it is decided where it goes has no labels: it moves the gauge alone, and its line
/// tells addresses and error.
public final class TelemetryJournal implements ConnectionJournal {
    private final TcpMetrics metrics;
    private final AccessLogWriter accessLog;

    public TelemetryJournal(TcpMetrics metrics, AccessLogWriter accessLog) {
        this.metrics = metrics;
        this.accessLog = accessLog;
    }

    @Override
    public void accepted(Direction direction) {
        metrics.socketOpened(direction.reporter());
    }

    @Override
    public Account opened(ConnectionEntry entry, Traffic traffic) {
        TrafficSeries series = metrics.opened(labels(entry.direction(), traffic));
        if (accessLog.writes(LogLevel.DEBUG)) {
            accessLog.write(new AccessLogEntry.Opened(Instant.now(), route(entry, traffic)));
        }
        return new SeriesAccount(series);
    }

    private record SeriesAccount(TrafficSeries series) implements Account {
        @Override
        public void add(long fromClient, long fromServer) {
            series.bytes(fromClient, fromServer);
        }

        @Override
        public void ended(ResponseFlag flag) {
            series.closed(flag.toString());
        }
    }

    @Override
    public void ended(ConnectionEntry entry, CloseReason reason) {
        metrics.socketClosed(entry.direction().reporter());
        Traffic traffic = entry.traffic();
        if (traffic == null) {
            Captured captured = entry.captured();
            accessLog.write(new AccessLogEntry.Failed(
                    Instant.now(),
                    entry.direction().reporter(),
                    captured.peer(),
                    captured.destination(),
                    reason.message()));
            return;
        }
        accessLog.write(new AccessLogEntry.Completed(
                Instant.now(),
                route(entry, traffic),
                entry.bytesFromDownstream(),
                entry.bytesFromUpstream(),
                Duration.ofNanos(System.nanoTime() - entry.captured().atNanos()),
                reason.message()));
    }

    private static TrafficLabels labels(Direction direction, Traffic traffic) {
        return new TrafficLabels(
                direction.reporter(),
                Party.of(traffic.source(), traffic.sourceBaggage(), traffic.sourceIdentity()),
                Party.of(traffic.destination(), Baggage.EMPTY, traffic.destinationIdentity()),
                AddressedService.of(traffic.service()),
                traffic.mutualTls(),
                TrafficLabels.NO_FLAGS);
    }

    private static Route route(ConnectionEntry entry, Traffic traffic) {
        NamespacedHostname service = traffic.service();
        String authority = traffic.authority();
        SpiffeId from = traffic.mutualTls() ? traffic.sourceIdentity() : null;
        SpiffeId to = traffic.mutualTls() ? traffic.destinationIdentity() : null;
        return new Route(
                entry.direction().reporter(),
                end(entry.captured().peer(), traffic.source(), from),
                end(traffic.nextHop(), traffic.destination(), to),
                authority == null ? "" : authority,
                service == null ? "" : service.hostname());
    }

    private static End end(InetSocketAddress address, @Nullable Workload workload, @Nullable SpiffeId identity) {
        String proven = identity == null ? "" : identity.toString();
        if (workload == null) {
            return new End(address, "", "", proven, "");
        }
        String name = workload.name().isEmpty() ? workload.origin().canonicalName() : workload.name();
        return new End(address, name, workload.namespace(), proven, workload.clusterId());
    }
}
