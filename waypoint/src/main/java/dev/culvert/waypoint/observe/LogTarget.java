package dev.culvert.waypoint.observe;

import dev.culvert.waypoint.exchange.ExchangeRecord;
import org.jspecify.annotations.Nullable;

/// Where lines of the access log go, how they look, and which exchanges have one. Immutable.
///
/// @param filter null for every exchange
record LogTarget(LineFile file, LogFormat format, @Nullable Expression filter) {
    void write(ExchangeRecord exchange) {
        if (filter == null || filter.holds(exchange)) {
            // On this loop, for what the record refers to is the loop's.
            String line = format.line(exchange);
            file.offer(() -> line);
        }
    }
}
