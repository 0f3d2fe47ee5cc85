package dev.culvert.waypoint.observe;

import dev.culvert.waypoint.exchange.ExchangeRecord;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One command operator of Envoy's access log format, such as `%REQ(USER-AGENT)%`. Immutable.
///
/// @param value null where there is nothing to tell
/// @param number whether the value stands without quotes in JSON
record LogOperator(Function<ExchangeRecord, @Nullable String> value, boolean number) {
    private static final DateTimeFormatter START =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

    /// The operator of a name.
    ///
    /// @param name in capitals
    /// @param argument what stands in parentheses; empty for none
    /// @return null when there is no such operator
    static @Nullable LogOperator of(String name, String argument) {
        return switch (name) {
            case "REQ", "REQUEST_HEADER" -> field(argument, Values::request);
            case "RESP", "RESPONSE_HEADER" -> field(argument, Values::response);
            case "TRAILER", "RESPONSE_TRAILER" -> field(argument, Values::trailer);
            case "START_TIME" -> startTime(argument);
            case "ENVIRONMENT", "DYNAMIC_METADATA", "FILTER_STATE", "METADATA", "CEL" -> text(_ -> null);
            default -> number(name) == null ? plain(name) : number(name);
        };
    }

    private static @Nullable LogOperator number(String name) {
        return switch (name) {
            case "RESPONSE_CODE" -> number(exchange -> Integer.toString(exchange.status));
            case "BYTES_RECEIVED" -> number(exchange -> Long.toString(exchange.requestBytes));
            case "BYTES_SENT" -> number(exchange -> Long.toString(exchange.responseBytes));
            case "DURATION" -> number(exchange -> Long.toString(Values.duration(exchange)));
            case "REQUEST_DURATION" ->
                number(exchange -> Values.text(Values.millis(exchange.startNanos, exchange.requestEndNanos)));
            case "RESPONSE_DURATION" ->
                number(exchange -> Values.text(Values.millis(exchange.startNanos, exchange.upstreamHeadNanos)));
            case "RESPONSE_TX_DURATION" ->
                number(exchange -> Values.text(Values.millis(exchange.upstreamHeadNanos, exchange.endNanos)));
            case "UPSTREAM_REQUEST_ATTEMPT_COUNT" -> number(exchange -> Integer.toString(exchange.attempts));
            case "GRPC_STATUS_NUMBER" ->
                number(exchange -> exchange.grpcStatus < 0 ? null : Integer.toString(exchange.grpcStatus));
            default -> null;
        };
    }

    private static @Nullable LogOperator plain(String name) {
        return switch (name) {
            case "PROTOCOL" -> text(exchange -> exchange.isOpaque() ? null : exchange.protocol);
            case "RESPONSE_FLAGS", "RESPONSE_FLAGS_LONG" -> text(exchange -> exchange.flagText());
            case "RESPONSE_CODE_DETAILS" -> text(exchange -> Values.orNull(exchange.details));
            case "CONNECTION_TERMINATION_DETAILS" -> text(exchange -> Values.orNull(exchange.terminationDetails));
            case "UPSTREAM_TRANSPORT_FAILURE_REASON" -> text(exchange -> Values.orNull(exchange.upstreamFailure));
            case "UPSTREAM_HOST", "UPSTREAM_REMOTE_ADDRESS" -> text(exchange -> Values.address(exchange.upstreamHost));
            case "UPSTREAM_CLUSTER", "UPSTREAM_CLUSTER_RAW" -> text(exchange -> Values.orNull(exchange.cluster));
            case "UPSTREAM_LOCAL_ADDRESS" -> text(exchange -> Values.address(exchange.upstreamLocal));
            case "DOWNSTREAM_LOCAL_ADDRESS" -> text(exchange -> Values.address(exchange.client.destination()));
            case "DOWNSTREAM_DIRECT_REMOTE_ADDRESS", "DOWNSTREAM_REMOTE_ADDRESS" ->
                text(exchange -> Values.address(exchange.client.address()));
            case "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT", "DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT" ->
                text(exchange -> exchange.client.address().getAddress().getHostAddress());
            case "DOWNSTREAM_PEER_URI_SAN" ->
                text(exchange -> exchange.client.identity().toString());
            case "GRPC_STATUS" -> text(exchange -> GrpcStatusNames.name(exchange.grpcStatus));
            case "ROUTE_NAME" -> text(exchange -> Values.orNull(exchange.routeName));
            // What a client of opaque TLS asks for is not kept, and what is inside of a tunnel has none.
            case "REQUESTED_SERVER_NAME", "HOSTNAME", "DOWNSTREAM_TLS_VERSION" -> text(_ -> null);
            default -> null;
        };
    }

    private interface Fields {
        @Nullable
        String get(ExchangeRecord exchange, String name);
    }

    /// `MAIN?ALTERNATIVE`.
    private static @Nullable LogOperator field(String argument, Fields fields) {
        if (argument.isEmpty()) {
            return null;
        }
        int question = argument.indexOf('?');
        String main = (question < 0 ? argument : argument.substring(0, question)).toLowerCase(Locale.ROOT);
        String other = question < 0 ? "" : argument.substring(question + 1).toLowerCase(Locale.ROOT);
        return text(exchange -> {
            String value = fields.get(exchange, main);
            return value == null && !other.isEmpty() ? fields.get(exchange, other) : value;
        });
    }

    private static @Nullable LogOperator startTime(String pattern) {
        if (!pattern.isEmpty() && !pattern.equals("%s")) {
            return null;
        }
        if (pattern.equals("%s")) {
            return number(exchange -> Long.toString(exchange.began.getEpochSecond()));
        }
        return text(
                exchange -> START.format(exchange.began.atOffset(ZoneOffset.UTC).toInstant()));
    }

    private static LogOperator text(Function<ExchangeRecord, @Nullable String> value) {
        return new LogOperator(value, false);
    }

    private static LogOperator number(Function<ExchangeRecord, @Nullable String> value) {
        return new LogOperator(value, true);
    }
}
