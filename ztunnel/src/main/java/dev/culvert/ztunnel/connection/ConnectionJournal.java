package dev.culvert.ztunnel.connection;

/// Who is told of connections as they live: the metrics and the access log. Thread-safe, and quick.
public interface ConnectionJournal {

    /// A connection was taken.
    void accepted(Direction direction);

    /// It is decided where it goes, and about to be dialled.
    ///
    /// @return where its bytes and its end are counted; resolved once, so that counting is an addition
    Account opened(ConnectionEntry entry, Traffic traffic);

    /// A connection that was taken has ended. Told once for each.
    void ended(ConnectionEntry entry, CloseReason reason);

    /// The counters of one connection.
    interface Account {
        /// More bytes went by, from the client and from the server.
        void add(long fromClient, long fromServer);

        /// The connection has ended. Told once, and last.
        void ended(ResponseFlag flag);
    }
}
