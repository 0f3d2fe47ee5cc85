package dev.culvert.linux;

import com.sun.jna.Memory;
import java.util.concurrent.TimeUnit;

/// Waits for one descriptor. Thread-safe: it has no state.
final class Poll {
    /// A deadline that never comes.
    static final long FOREVER = Long.MAX_VALUE;

    private Poll() {}

    /// Waits until `number` has one of `events`, or an error or hang-up, or until `deadlineNanos`
    /// of [System#nanoTime()]; false when the time is over.
    static boolean await(int number, int events, long deadlineNanos) throws LinuxException {
        try (Memory entry = new Memory(8)) {
            entry.setInt(0, number);
            while (true) {
                entry.setInt(4, events);
                int ready = Libc.poll(entry, 1, millisUntil(deadlineNanos));
                if (ready >= 0) {
                    return ready > 0;
                }
                if (!Libc.errno().equals(Errno.EINTR)) {
                    throw Libc.failure("poll(" + number + ")", "");
                }
            }
        }
    }

    private static int millisUntil(long deadlineNanos) {
        if (deadlineNanos == FOREVER) {
            return -1;
        }
        long nanos = deadlineNanos - System.nanoTime();
        // up to the next millisecond, so that a poll never returns early and spins
        return nanos <= 0 ? 0 : (int) Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(nanos + 999_999));
    }
}
