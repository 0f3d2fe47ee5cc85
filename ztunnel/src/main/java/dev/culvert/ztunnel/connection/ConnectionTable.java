package dev.culvert.ztunnel.connection;

import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The open connections of one loop, in the order in which they came. Confined to that loop.
///
/// The list runs through the entries themselves: coming and going cost nothing, and an idle connection has no
/// timer and no node of its own.
public final class ConnectionTable {
    private final ConnectionJournal journal;
    private @Nullable ConnectionEntry first;
    private @Nullable ConnectionEntry last;
    private int size;

    public ConnectionTable(ConnectionJournal journal) {
        this.journal = journal;
    }

    /// Opens the books of a connection that was just taken.
    public ConnectionEntry open(PodIdentity pod, Direction direction, Captured captured) {
        ConnectionEntry entry = new ConnectionEntry(this, pod, direction, captured);
        entry.previous = last;
        if (last == null) {
            first = entry;
        } else {
            last.next = entry;
        }
        last = entry;
        size++;
        journal.accepted(direction);
        return entry;
    }

    /// How many are open.
    public int size() {
        return size;
    }

    /// Adds the bytes that came since the last time to the metrics.
    public void publish() {
        forEach(ConnectionEntry::publish);
    }

    /// Asks each connection that has a review whether it may stay.
    public void reconsider() {
        forEach(ConnectionEntry::reconsider);
    }

    /// Closes those that `which` picks.
    public void close(Predicate<ConnectionEntry> which, Function<ConnectionEntry, CloseReason> why) {
        forEach(entry -> {
            if (which.test(entry)) {
                entry.close(why.apply(entry));
            }
        });
    }

    /// Visits all; the visited one may leave the table meanwhile, and others too.
    public void forEach(Consumer<ConnectionEntry> visitor) {
        ConnectionEntry entry = first;
        while (entry != null) {
            // an entry that has left keeps its link, so that the walk goes on from it
            visitor.accept(entry);
            entry = entry.next;
        }
    }

    ConnectionJournal journal() {
        return journal;
    }

    void remove(ConnectionEntry entry) {
        ConnectionEntry before = entry.previous;
        ConnectionEntry after = entry.next;
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        size--;
    }
}
