package dev.culvert.process;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// The one thread (`log`) that formats log lines and writes them to a stream, behind a bounded queue.
///
/// Thread-safe, because every thread logs: a line is handed over without a lock, and dropped and counted
/// when as many lines wait as the queue may hold. After a loss the log itself says how many lines it
/// misses.
final class LogWriter implements LogSink, AutoCloseable {
    private static final int BATCH_CHARS = 32 * 1024;
    private static final long BUSY_PAUSE_NANOS = Duration.ofMillis(5).toNanos();
    private static final int BUSY_PAUSES = 20;
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(2);

    private final ConcurrentLinkedQueue<LogLine> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Counter dropped = new Counter();
    private final int capacity;
    private final OutputStream out;
    private final LogFormat format;
    private final Thread thread;
    private volatile boolean asleep;
    private volatile boolean closing;
    private long reportedDrops;

    LogWriter(OutputStream out, LogFormat format, int capacity) {
        this.out = out;
        this.format = format;
        this.capacity = capacity;
        this.thread = Thread.ofPlatform().name("log").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    @Override
    public boolean offer(LogLine line) {
        if (waiting.incrementAndGet() > capacity) {
            waiting.decrementAndGet();
            dropped.increment();
            return false;
        }
        queue.add(line);
        if (asleep) {
            LockSupport.unpark(thread);
        }
        return true;
    }

    Counter dropped() {
        return dropped;
    }

    /// Writes what is waiting, then ends the thread.
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        try {
            thread.join(CLOSE_PATIENCE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /* After work the thread looks again every few milliseconds for a while, so that a busy process neither pays for a wake-up
     * per line nor writes line by line; only after that does it sleep until somebody wakes it. */
    private void run() {
        StringBuilder text = new StringBuilder(BATCH_CHARS);
        int idle = 0;
        while (true) {
            boolean last = closing;
            if (writeWaiting(text)) {
                idle = 0;
            } else if (last) {
                return;
            } else if (++idle <= BUSY_PAUSES) {
                LockSupport.parkNanos(BUSY_PAUSE_NANOS);
            } else {
                sleep();
            }
        }
    }

    private void sleep() {
        asleep = true;
        if (queue.isEmpty() && !closing) {
            LockSupport.park(this);
        }
        asleep = false;
    }

    private boolean writeWaiting(StringBuilder text) {
        LogLine line = queue.poll();
        if (line == null) {
            return false;
        }
        while (line != null) {
            waiting.decrementAndGet();
            LogEncoder.encode(line, format, text);
            if (text.length() >= BATCH_CHARS) {
                flush(text);
            }
            line = queue.poll();
        }
        long drops = dropped.value();
        if (drops != reportedDrops) {
            LogEncoder.encode(new DropNotice(Instant.now(), drops - reportedDrops), format, text);
            reportedDrops = drops;
        }
        flush(text);
        return true;
    }

    private void flush(StringBuilder text) {
        try {
            out.write(text.toString().getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException _) {
            // Whoever read our output went away; there is nobody left to tell.
            dropped.increment();
        }
        text.setLength(0);
        if (text.capacity() > 4 * BATCH_CHARS) {
            text.trimToSize();
        }
    }

    private record DropNotice(Instant time, long count) implements LogLine {
        @Override
        public LogLevel level() {
            return LogLevel.WARN;
        }

        @Override
        public String target() {
            return "log";
        }

        @Override
        public String message() {
            return "lines dropped because the output is slow";
        }

        @Override
        public void fields(LogFields fields) {
            fields.number("count", count);
        }
    }
}
