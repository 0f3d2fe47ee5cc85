package dev.culvert.controlplane.connection;

import dev.culvert.controlplane.caller.CallerConnections;
import io.netty.channel.Channel;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Every connection to the gRPC ports, and whether a valid token has been shown on it.
///
/// Thread-safe: one short lock. A connection is unproven until its first call with a valid token;
/// of unproven ones only so many are held, each for so long, see [ConnectionLimits].
public final class ConnectionTable implements CallerConnections {
    /// Why a connection was closed, as the metric names it.
    enum Reason {
        TOO_MANY_UNPROVEN,
        NOT_PROVEN_IN_TIME,
        TOO_MANY_REFUSED_CALLS
    }

    private static final Logger log = LoggerFactory.getLogger(ConnectionTable.class);

    private final ConnectionLimits limits;
    private final Consumer<String> closedByUs;
    private final Map<Ends, ConnectionEntry> open = new HashMap<>();
    private final SequencedSet<ConnectionEntry> unproven = new LinkedHashSet<>();
    private final Map<String, Integer> perToken = new HashMap<>();

    /// @param closedByUs told the reason of each connection that a limit ended, for the metrics
    public ConnectionTable(ConnectionLimits limits, Consumer<String> closedByUs) {
        this.limits = limits;
        this.closedByUs = closedByUs;
    }

    public ConnectionLimits limits() {
        return limits;
    }

    /// A connection was accepted; it has to be told of its end with [#closed].
    ConnectionEntry opened(Channel channel) {
        ConnectionEntry entry = new ConnectionEntry(channel);
        ConnectionEntry oldest = null;
        synchronized (this) {
            open.put(ends(channel), entry);
            unproven.add(entry);
            if (unproven.size() > limits.unproven()) {
                oldest = unproven.removeFirst();
            }
        }
        if (oldest != null) {
            close(oldest, Reason.TOO_MANY_UNPROVEN);
        }
        return entry;
    }

    synchronized void closed(Ends ends, ConnectionEntry entry) {
        open.remove(ends, entry);
        unproven.remove(entry);
        if (entry.credential != null) {
            perToken.computeIfPresent(entry.credential, (_, count) -> count == 1 ? null : count - 1);
        }
    }

    /// The time of `entry` to prove itself is over.
    void expired(ConnectionEntry entry) {
        boolean late;
        synchronized (this) {
            late = unproven.contains(entry);
        }
        if (late) {
            close(entry, Reason.NOT_PROVEN_IN_TIME);
        }
    }

    @Override
    public synchronized boolean proven(Ends ends, String credential) {
        ConnectionEntry entry = open.get(ends);
        if (entry == null) {
            return false; // it has closed meanwhile
        }
        if (entry.credential == null) {
            int others = perToken.getOrDefault(credential, 0);
            if (others >= limits.perToken()) {
                return false;
            }
            perToken.put(credential, others + 1);
            entry.credential = credential;
            unproven.remove(entry);
        }
        return true;
    }

    @Override
    public void refused(Ends ends) {
        ConnectionEntry tiresome;
        synchronized (this) {
            ConnectionEntry entry = open.get(ends);
            tiresome = entry != null && ++entry.refusedCalls > limits.refusedCalls() ? entry : null;
        }
        if (tiresome != null) {
            close(tiresome, Reason.TOO_MANY_REFUSED_CALLS);
        }
    }

    private void close(ConnectionEntry entry, Reason reason) {
        closedByUs.accept(reason.name());
        log.atDebug()
                .addKeyValue("peer", entry.channel.remoteAddress())
                .addKeyValue("reason", reason)
                .log("connection closed by a limit");
        closeNow(entry.channel);
    }

    /// Closes below TLS and HTTP/2, which would first say good-bye to a peer that may not listen.
    private static void closeNow(Channel channel) {
        if (channel.isRegistered()) {
            channel.eventLoop()
                    .execute(() -> channel.unsafe().close(channel.unsafe().voidPromise()));
        } else {
            channel.unsafe().closeForcibly();
        }
    }

    static Ends ends(Channel channel) {
        return new Ends(channel.remoteAddress(), channel.localAddress());
    }
}
