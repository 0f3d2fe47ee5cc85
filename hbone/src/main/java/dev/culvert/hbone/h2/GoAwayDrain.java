package dev.culvert.hbone.h2;

/// The graceful end of a server's connection (RFC 9113 section 6.8): a GOAWAY that takes all streams, a PING
/// that shows that the client has read it, a GOAWAY that names the last stream taken, and the close once that and
/// all others are done. Confined to its connection's loop.
final class GoAwayDrain {
    private static final long BARRIER = 0x63756c766572742dL;
    private static final String DETAIL = "draining";

    private enum Phase {
        NONE,
        ANNOUNCED,
        FINAL
    }

    private final ServerConnection connection;
    private Phase phase = Phase.NONE;

    GoAwayDrain(ServerConnection connection) {
        this.connection = connection;
    }

    /// Whether new streams are passed over.
    boolean refusesStreams() {
        return phase == Phase.FINAL;
    }

    void begin() {
        if (phase == Phase.NONE && !connection.isClosing()) {
            phase = Phase.ANNOUNCED;
            connection.writer().goAway(Frames.MAX_STREAM_ID, ErrorCode.NO_ERROR, DETAIL);
            connection.writer().ping(BARRIER, false);
            connection.flushSoon();
        }
    }

    /// A PING came back.
    void pong(long data) {
        if (phase == Phase.ANNOUNCED && data == BARRIER && !connection.isClosing()) {
            phase = Phase.FINAL;
            connection.writer().goAway(connection.lastPeerStream(), ErrorCode.NO_ERROR, DETAIL);
            connection.flushSoon();
            check();
        }
    }

    /// The number of streams has changed.
    void check() {
        if (phase == Phase.FINAL && connection.streams().size() == 0) {
            connection.finish();
        }
    }
}
