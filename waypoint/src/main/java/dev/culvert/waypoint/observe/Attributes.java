package dev.culvert.waypoint.observe;

import dev.culvert.waypoint.exchange.WorkloadInfo;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What expressions can ask of an exchange; names are Envoy's attributes. Without state.
final class Attributes {
    private Attributes() {}

    /// The attribute of a name.
    ///
    /// @param key what stands in brackets; empty for none
    /// @return null when there is no such attribute
    static @Nullable Expression find(String name, String key) {
        String field = key.toLowerCase(Locale.ROOT);
        return switch (name) {
            case "request.headers" -> field.isEmpty() ? null : exchange -> Values.request(exchange, field);
            case "response.headers" -> field.isEmpty() ? null : exchange -> Values.response(exchange, field);
            case "response.trailers" -> field.isEmpty() ? null : exchange -> Values.trailer(exchange, field);
            default -> key.isEmpty() ? plain(name) : null;
        };
    }

    private static @Nullable Expression plain(String name) {
        return switch (name) {
            case "request.method" -> exchange -> Values.request(exchange, ":method");
            case "request.path" -> exchange -> Values.request(exchange, ":path");
            case "request.url_path" -> exchange -> exchange.request == null ? null : exchange.request.path();
            case "request.host" -> exchange -> Values.request(exchange, ":authority");
            case "request.scheme" -> exchange -> Values.request(exchange, ":scheme");
            case "request.protocol" -> exchange -> exchange.protocol;
            case "request.id" -> exchange -> Values.request(exchange, "x-request-id");
            case "request.useragent" -> exchange -> Values.request(exchange, "user-agent");
            case "request.size", "request.total_size" -> exchange -> exchange.requestBytes;
            case "request.duration" -> Values::duration;
            case "response.code" -> exchange -> (long) exchange.status;
            case "response.code_details" -> exchange -> Values.orNull(exchange.details);
            case "response.flags" -> exchange -> exchange.flagText();
            case "response.grpc_status" -> exchange -> exchange.grpcStatus < 0 ? null : (long) exchange.grpcStatus;
            case "response.size", "response.total_size" -> exchange -> exchange.responseBytes;
            case "connection.mtls" -> _ -> true;
            case "connection.uri_san_peer_certificate", "source.principal" ->
                exchange -> exchange.client.identity().toString();
            case "source.address" -> exchange -> Values.address(exchange.client.address());
            case "destination.address" -> exchange -> Values.address(exchange.client.destination());
            case "destination.port" ->
                exchange -> (long) exchange.client.destination().getPort();
            case "upstream.address" -> exchange -> Values.address(exchange.upstreamHost);
            case "route_name", "xds.route_name" -> exchange -> Values.orNull(exchange.routeName);
            case "cluster_name", "xds.cluster_name" -> exchange -> Values.orNull(exchange.cluster);
            case "upstream_peer.name" -> upstream(WorkloadInfo::instance);
            case "upstream_peer.workload" -> upstream(WorkloadInfo::name);
            case "upstream_peer.namespace" -> upstream(WorkloadInfo::namespace);
            case "downstream_peer.name" -> downstream(WorkloadInfo::instance);
            case "downstream_peer.workload" -> downstream(WorkloadInfo::name);
            case "downstream_peer.namespace" -> downstream(WorkloadInfo::namespace);
            default -> null;
        };
    }

    private static Expression upstream(Function<WorkloadInfo, String> part) {
        return exchange -> part(exchange.upstreamWorkload, part);
    }

    private static Expression downstream(Function<WorkloadInfo, String> part) {
        return exchange -> part(exchange.client.workload(), part);
    }

    private static @Nullable String part(@Nullable WorkloadInfo info, Function<WorkloadInfo, String> part) {
        return info == null ? null : Values.orNull(part.apply(info));
    }
}
