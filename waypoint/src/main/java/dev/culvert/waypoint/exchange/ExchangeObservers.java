package dev.culvert.waypoint.exchange;

import dev.culvert.api.waypoint.Telemetry;
import dev.culvert.api.waypoint.Waypoint;

/// Knows who is told of traffic. Thread-safe; asked once for each exchange.
@FunctionalInterface
public interface ExchangeObservers extends AutoCloseable {
    /// Nobody, whatever is asked for.
    ExchangeObservers NONE = (_, _) -> ExchangeObserver.NONE;

    /// The observer of what `telemetry` asks for, under the waypoint's own settings.
    ExchangeObserver of(Waypoint waypoint, Telemetry telemetry);

    /// Writes and sends what waits; nothing is told afterwards.
    @Override
    default void close() {}
}
