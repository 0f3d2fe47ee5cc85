package dev.culvert.waypoint.exchange;

/// Who is told of traffic. Called on the event loop of the exchange; must not block.
public interface ExchangeObserver {
    /// Nobody.
    ExchangeObserver NONE = new ExchangeObserver() {};

    /// A request has come, and nothing of it was changed yet; headers of traces are put into
    /// `record.request` here.
    default void began(ExchangeRecord record) {}

    /// It is over; the record changes no more.
    default void ended(ExchangeRecord record) {}

    /// An opaque connection was opened.
    default void opened(ExchangeRecord record) {}
}
