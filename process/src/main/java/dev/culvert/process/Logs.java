package dev.culvert.process;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;

/// The log of the process: one bounded, asynchronous stream for SLF4J's events and for lines of our own,
/// with levels that change at run time. Thread-safe, because every thread logs and the admin endpoint
/// changes levels.
///
/// Libraries say WARN and worse only, unless a filter names them.
public final class Logs implements AutoCloseable {
    /// Lines that may wait for the writer; at about 0.5 KiB each this is a few megabytes at worst.
    public static final int QUEUE_LINES = 8_192;

    private static final String OURS = "dev.culvert.";
    private static final List<String> LIBRARIES =
            List.of("io.netty", "io.grpc", "io.fabric8", "io.prometheus", "io.perfmark", "org.bouncycastle");

    private final LoggerContext context;
    private final LogWriter writer;
    private final LogFilter initial;
    private final List<Logger> levelled = new ArrayList<>();
    private LogFilter filter;

    private Logs(LogWriter writer, LogFilter filter) {
        this.context = (LoggerContext) LoggerFactory.getILoggerFactory();
        this.writer = writer;
        this.initial = filter;
        this.filter = filter;
    }

    /// Sends the log of this process to standard output.
    public static Logs start(LogFormat format, LogFilter filter) {
        return start(format, filter, new FileOutputStream(FileDescriptor.out));
    }

    /// Sends the log of this process to `out`, which stays the caller's to close.
    public static Logs start(LogFormat format, LogFilter filter, OutputStream out) {
        Logs logs = new Logs(new LogWriter(out, format, QUEUE_LINES), filter);
        logs.writer.start();
        logs.context.reset();
        LogEvents events = new LogEvents(logs.writer);
        events.setContext(logs.context);
        events.start();
        logs.context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(events);
        logs.apply(filter);
        return logs;
    }

    /// Where lines that are not SLF4J events go, such as the access log's.
    public LogSink sink() {
        return writer;
    }

    /// Lines that found no room so far.
    public long dropped() {
        return writer.dropped().value();
    }

    /// Exposes the count of lines that found no room.
    public void register(Metrics metrics) {
        metrics.counter(
                        "culvert_log_lines_dropped_total",
                        "The total number of log lines lost because the output is slow.")
                .include(writer.dropped());
    }

    public synchronized LogFilter filter() {
        return filter;
    }

    public synchronized void apply(LogFilter next) {
        levelled.forEach(logger -> logger.setLevel(null));
        levelled.clear();
        filter = next;
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(logback(next.root()));
        LogLevel forLibraries = next.root().compareTo(LogLevel.WARN) < 0 ? next.root() : LogLevel.WARN;
        LIBRARIES.forEach(name -> setLevel(name, forLibraries));
        next.targets().forEach((name, level) -> {
            setLevel(name, level);
            setLevel(OURS + name, level);
        });
    }

    /// Answers the admin request `/logging`: without a query it tells the filter; `level=` lays clauses
    /// over it, `reset` goes back to that of the start first.
    public Response answer(Request request) {
        boolean reset = request.query().containsKey("reset");
        String level = request.parameter("level");
        synchronized (this) {
            LogFilter next = reset ? initial : filter;
            LogFilter wanted = level == null || level.isEmpty() ? next : next.tryWith(level);
            if (wanted == null) {
                return Response.text(
                        400,
                        "level is '" + level + "'; expected clauses like info or access=debug between commas, "
                                + "with the levels off, error, warn, info, debug, trace\n");
            }
            if (!wanted.equals(filter)) {
                apply(wanted);
            }
            return Response.text(200, "current log level is " + filter + "\n");
        }
    }

    /// Writes what is waiting and stops; later events are lost.
    @Override
    public void close() {
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).detachAndStopAllAppenders();
        writer.close();
    }

    private void setLevel(String name, LogLevel level) {
        Logger logger = context.getLogger(name);
        logger.setLevel(logback(level));
        levelled.add(logger);
    }

    private static Level logback(LogLevel level) {
        return switch (level) {
            case OFF -> Level.OFF;
            case ERROR -> Level.ERROR;
            case WARN -> Level.WARN;
            case INFO -> Level.INFO;
            case DEBUG -> Level.DEBUG;
            case TRACE -> Level.TRACE;
        };
    }
}
