package dev.culvert.process;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/// Takes Logback's events to a [LogSink]. Thread-safe: every thread that logs runs it.
///
/// Whatever might change later (arguments, values of other types) is turned into text here, on the thread
/// that logs.
final class LogEvents extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private static final String OURS = "dev.culvert.";

    private final LogSink sink;

    LogEvents(LogSink sink) {
        this.sink = sink;
    }

    @Override
    protected void append(ILoggingEvent event) {
        List<Value> values = new ArrayList<>();
        if (event.getKeyValuePairs() != null) {
            for (KeyValuePair pair : event.getKeyValuePairs()) {
                values.add(Value.of(pair.key, pair.value));
            }
        }
        IThrowableProxy thrown = event.getThrowableProxy();
        sink.offer(new Event(
                Instant.ofEpochMilli(event.getTimeStamp()),
                level(event.getLevel()),
                target(event.getLoggerName()),
                event.getFormattedMessage(),
                List.copyOf(values),
                thrown == null ? "" : ThrowableProxyUtil.asString(thrown)));
    }

    private static LogLevel level(Level level) {
        return switch (level.levelInt) {
            case Level.ERROR_INT -> LogLevel.ERROR;
            case Level.WARN_INT -> LogLevel.WARN;
            case Level.INFO_INT -> LogLevel.INFO;
            case Level.DEBUG_INT -> LogLevel.DEBUG;
            default -> LogLevel.TRACE;
        };
    }

    private static String target(String logger) {
        return logger.startsWith(OURS) ? logger.substring(OURS.length()) : logger;
    }

    private enum Kind {
        TEXT,
        BARE,
        NUMBER,
        BOOL
    }

    private record Value(String name, Kind kind, String text) {
        static Value of(String name, Object value) {
            return switch (value) {
                case null -> new Value(name, Kind.BARE, "null");
                case Long number -> new Value(name, Kind.NUMBER, number.toString());
                case Integer number -> new Value(name, Kind.NUMBER, number.toString());
                case Boolean flag -> new Value(name, Kind.BOOL, flag.toString());
                case SocketAddress address -> new Value(name, Kind.BARE, bare(address.toString()));
                case InetAddress address -> new Value(name, Kind.BARE, address.getHostAddress());
                case Enum<?> constant -> new Value(name, Kind.BARE, constant.toString());
                default -> new Value(name, Kind.TEXT, value.toString());
            };
        }

        /// Java writes `host/1.2.3.4:5`; the log has the address alone.
        private static String bare(String address) {
            return address.substring(address.indexOf('/') + 1);
        }

        void addTo(LogFields out) {
            switch (kind) {
                case TEXT -> out.text(name, text);
                case BARE -> out.bare(name, text);
                case NUMBER -> out.number(name, Long.parseLong(text));
                case BOOL -> out.bool(name, Boolean.parseBoolean(text));
            }
        }
    }

    private record Event(Instant time, LogLevel level, String target, String message, List<Value> values, String trace)
            implements LogLine {
        @Override
        public void fields(LogFields out) {
            values.forEach(value -> value.addTo(out));
        }
    }
}
