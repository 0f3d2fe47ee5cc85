package dev.culvert.waypoint.exchange;

/// Who is told of exchanges and opaque connections: metrics, logs, spans. Called on the loop of the exchange; must
/// return
/// at once and must not throw.
public interface ExchangeObserver {
    /// For nobody.
    ExchangeObserver NONE = new ExchangeObserver() {
        @Override
        public void begun(ExchangeRecord exchange) {}

        @Override
        public void opened(ExchangeRecord connection) {}

        @Override
        public void ended(ExchangeRecord exchange) {}
    };

    /// A request's head came, and no more than its service is known. May add fields to the head, such as those of a
    /// trace.
    void begun(ExchangeRecord exchange);

    /// An opaque connection is connected to its endpoint.
    void opened(ExchangeRecord connection);

    /// The exchange, or the connection, is over. Called once, after everything else.
    void ended(ExchangeRecord exchange);
}
