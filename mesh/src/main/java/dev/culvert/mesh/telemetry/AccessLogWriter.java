package dev.culvert.mesh.telemetry;

import dev.culvert.process.LogLevel;
import dev.culvert.process.LogSink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes the access log: one line per connection, formatted off the loop. Thread-safe; it never waits,
/// and what finds no room in the log's queue is dropped and counted there.
///
/// Its level is that of the log target `access`, so it is turned up and down like any other.
public final class AccessLogWriter {
    static final String TARGET = "access";

    private static final Logger LEVELS = LoggerFactory.getLogger(TARGET);

    private final LogSink sink;

    public AccessLogWriter(LogSink sink) {
        this.sink = sink;
    }

    /// Whether lines of `level` are written; ask before making one on a busy path.
    public boolean writes(LogLevel level) {
        return switch (level) {
            case OFF -> false;
            case ERROR -> LEVELS.isErrorEnabled();
            case WARN -> LEVELS.isWarnEnabled();
            case INFO -> LEVELS.isInfoEnabled();
            case DEBUG -> LEVELS.isDebugEnabled();
            case TRACE -> LEVELS.isTraceEnabled();
        };
    }

    public void write(AccessLogEntry entry) {
        if (writes(entry.level())) {
            sink.offer(entry);
        }
    }
}
