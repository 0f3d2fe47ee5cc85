package dev.culvert.waypoint.http;

import dev.culvert.waypoint.exchange.RequestHead;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// The time that a client gives its call of gRPC (`grpc-timeout`). Without state.
final class GrpcTimeout {
    private static final int MOST_DIGITS = 8;

    private GrpcTimeout() {}

    /// Zero when the client does not say, or not in the form that gRPC has for it.
    static Duration of(RequestHead head) {
        String text = head.headers().get("grpc-timeout");
        if (text == null || text.length() < 2 || text.length() > MOST_DIGITS + 1) {
            return Duration.ZERO;
        }
        ChronoUnit unit = unit(text.charAt(text.length() - 1));
        long count = 0;
        for (int i = 0; i < text.length() - 1; i++) {
            char digit = text.charAt(i);
            if (digit < '0' || digit > '9') {
                return Duration.ZERO;
            }
            count = count * 10 + digit - '0';
        }
        return unit == null ? Duration.ZERO : Duration.of(count, unit);
    }

    private static @Nullable ChronoUnit unit(char letter) {
        return switch (letter) {
            case 'H' -> ChronoUnit.HOURS;
            case 'M' -> ChronoUnit.MINUTES;
            case 'S' -> ChronoUnit.SECONDS;
            case 'm' -> ChronoUnit.MILLIS;
            case 'u' -> ChronoUnit.MICROS;
            case 'n' -> ChronoUnit.NANOS;
            default -> null;
        };
    }
}
