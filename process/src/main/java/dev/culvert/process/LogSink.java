package dev.culvert.process;

/// Where log lines go. Thread-safe, and never waits: a line that finds no room is dropped and counted.
@FunctionalInterface
public interface LogSink {
    /// Hands `line` over; false when there was no room for it.
    boolean offer(LogLine line);
}
