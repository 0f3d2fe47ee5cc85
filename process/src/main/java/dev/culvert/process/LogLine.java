package dev.culvert.process;

import java.time.Instant;

/// One event to be logged. It must be immutable: it is made on one thread and formatted on another.
public interface LogLine {
    Instant time();

    LogLevel level();

    /// Who says it: the part of the program, in short form.
    String target();

    String message();

    /// Gives the fields to `out`, in order.
    void fields(LogFields out);

    /// A stack trace over several lines, or the empty text.
    default String trace() {
        return "";
    }
}
