package dev.culvert.ztunnel.connection;

import org.jspecify.annotations.Nullable;

/// The bookkeeping of one connection, from the moment when it was taken to its one end. Confined to its loop.
///
/// The relay adds to plain fields; the table publishes what was added, every second and at the end.
public final class ConnectionEntry {
    private final ConnectionTable table;
    private final PodIdentity pod;
    private final Direction direction;
    private final Captured captured;
    /// Neighbours in the table's list.
    @Nullable
    ConnectionEntry previous;

    @Nullable
    ConnectionEntry next;

    private @Nullable Target target;
    private @Nullable Review review;
    private @Nullable Traffic traffic;
    private ConnectionJournal.@Nullable Account account;
    private long fromDownstream;
    private long fromUpstream;
    private long publishedDownstream;
    private long publishedUpstream;
    private boolean ended;

    ConnectionEntry(ConnectionTable table, PodIdentity pod, Direction direction, Captured captured) {
        this.table = table;
        this.pod = pod;
        this.direction = direction;
        this.captured = captured;
    }

    /// Whoever holds the connection now and can end it.
    public interface Target {
        /// Closes what is open and says [ConnectionEntry#end(CloseReason)].
        void abort(CloseReason reason);
    }

    /// Whether a connection may stay open; asked again whenever the world changes.
    public interface Review {
        /// The reason to close it, or null.
        @Nullable
        CloseReason objection();
    }

    /// Makes `target` the one that is asked to end the connection.
    public void target(Target target) {
        this.target = target;
    }

    /// Has the connection reviewed from now on.
    public void review(Review review) {
        this.review = review;
    }

    /// It is decided where the connection goes: it counts as opened.
    public void opened(Traffic traffic) {
        this.traffic = traffic;
        account = table.journal().opened(this, traffic);
    }

    /// That many bytes came from the client.
    public void fromDownstream(int bytes) {
        fromDownstream += bytes;
    }

    /// That many bytes came from the server.
    public void fromUpstream(int bytes) {
        fromUpstream += bytes;
    }

    /// Ends the connection for `reason`, whoever holds it.
    public void close(CloseReason reason) {
        if (ended) {
            return;
        }
        if (target == null) {
            end(reason);
        } else {
            target.abort(reason);
        }
    }

    /// The connection has ended; only the first call counts.
    public void end(CloseReason reason) {
        if (!ended) {
            ended = true;
            publish();
            table.remove(this);
            if (account != null) {
                account.ended(reason.flag());
            }
            table.journal().ended(this, reason);
            target = null;
            review = null;
        }
    }

    /// Closes the connection if its review says so.
    void reconsider() {
        CloseReason objection = review == null ? null : review.objection();
        if (objection != null) {
            close(objection);
        }
    }

    /// Adds what came since the last time to the counters.
    void publish() {
        if (account != null && (fromDownstream != publishedDownstream || fromUpstream != publishedUpstream)) {
            account.add(fromDownstream - publishedDownstream, fromUpstream - publishedUpstream);
            publishedDownstream = fromDownstream;
            publishedUpstream = fromUpstream;
        }
    }

    /// The pod whose listener took it.
    public PodIdentity pod() {
        return pod;
    }

    public Direction direction() {
        return direction;
    }

    public Captured captured() {
        return captured;
    }

    /// Where it goes; null when it ended before that was decided.
    public @Nullable Traffic traffic() {
        return traffic;
    }

    /// Bytes from the client so far.
    public long bytesFromDownstream() {
        return fromDownstream;
    }

    /// Bytes from the server so far.
    public long bytesFromUpstream() {
        return fromUpstream;
    }
}
