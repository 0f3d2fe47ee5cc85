package dev.culvert.waypoint.observe;

import dev.culvert.waypoint.exchange.ExchangeRecord;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What log lines and expressions read of an exchange. Without state; null stands for what is not there.
final class Values {
    private Values() {}

    /// A field of the request; `:method` and the like too.
    static @Nullable String request(ExchangeRecord exchange, String name) {
        var head = exchange.request;
        if (head == null) {
            return null;
        }
        return switch (name.toLowerCase(Locale.ROOT)) {
            case ":method" -> head.method();
            case ":path" -> head.target();
            case ":authority", "host" -> head.authority().isEmpty() ? null : head.authority();
            case ":scheme" -> head.scheme();
            case "x-envoy-original-path" -> {
                String original = exchange.originalTarget;
                yield original.isEmpty() || original.equals(head.target()) ? null : original;
            }
            default -> joined(head.headers(), name);
        };
    }

    static @Nullable String response(ExchangeRecord exchange, String name) {
        if (name.equals(":status")) {
            return exchange.status == 0 ? null : Integer.toString(exchange.status);
        }
        HttpHeaders headers = exchange.responseHeaders;
        String value = headers == null ? null : joined(headers, name);
        return value == null && name.equalsIgnoreCase("x-envoy-upstream-service-time")
                ? text(millis(exchange.requestEndNanos, exchange.upstreamHeadNanos))
                : value;
    }

    static @Nullable String trailer(ExchangeRecord exchange, String name) {
        HttpHeaders trailers = exchange.responseTrailers;
        return trailers == null ? null : joined(trailers, name);
    }

    private static @Nullable String joined(HttpHeaders headers, String name) {
        List<String> values = headers.getAll(name);
        return values.isEmpty() ? null : String.join(",", values);
    }

    /// From the first byte to the end.
    static long duration(ExchangeRecord exchange) {
        long end = exchange.endNanos == 0 ? System.nanoTime() : exchange.endNanos;
        return TimeUnit.NANOSECONDS.toMillis(end - exchange.startNanos);
    }

    /// -1 when one of them did not come.
    static long millis(long from, long to) {
        return from == 0 || to == 0 ? -1 : Math.max(0, TimeUnit.NANOSECONDS.toMillis(to - from));
    }

    static @Nullable String text(long number) {
        return number < 0 ? null : Long.toString(number);
    }

    /// Null for what is no address of the Internet protocol.
    static @Nullable String address(@Nullable SocketAddress any) {
        if (!(any instanceof InetSocketAddress address)) {
            return null;
        }
        if (address.getAddress() == null) {
            return address.getHostString() + ":" + address.getPort();
        }
        String host = address.getAddress().getHostAddress();
        return host.indexOf(':') < 0 ? host + ":" + address.getPort() : "[" + host + "]:" + address.getPort();
    }

    static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
