package dev.culvert.ztunnel.connection;

/// Who is told of connections as they live: the metrics and the access log. Thread-safe, and quick.
public interface ConnectionJournal {

    /// A connection was taken.
    void accepted(Direction direction);

    /// It is decided where it goes, and about to be dialled.
    ///
    /// @return where its bytes are counted; resolved once, so that counting is an addition
    ByteAccount opened(ConnectionEntry entry, Traffic traffic);

    /// A connection that was taken has ended. Told once for each.
    void ended(ConnectionEntry entry, CloseReason reason);

    /// The counters of one connection's bytes.
    interface ByteAccount {
        /// More bytes went by, from the client and from the server.
        void add(long fromClient, long fromServer);
    }
}
