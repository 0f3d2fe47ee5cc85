package dev.culvert.process;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;

/// Turns a [LogLine] into text. Stateless.
///
/// Plain: `time<tab>level<tab>target<tab>message<tab>name=value name="text"`, then the stack trace on
/// lines of its own. JSON: `level`, `time`, `scope`, `message`, then the fields. Control characters are
/// escaped in both, so that a value which a peer chose cannot start a line.
final class LogEncoder {
    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'")
            .toFormatter(Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private LogEncoder() {}

    static void encode(LogLine line, LogFormat format, StringBuilder out) {
        switch (format) {
            case PLAIN -> plain(line, out);
            case JSON -> json(line, out);
        }
    }

    static String time(Instant time) {
        return TIME.format(time);
    }

    private static void plain(LogLine line, StringBuilder out) {
        out.append(time(line.time())).append('\t');
        out.append(line.level().text()).append('\t');
        escape(line.target(), out);
        out.append('\t');
        escape(line.message(), out);
        line.fields(new PlainFields(out));
        out.append('\n');
        String trace = line.trace();
        if (!trace.isEmpty()) {
            out.append(trace.endsWith("\n") ? trace : trace + "\n");
        }
    }

    private static void json(LogLine line, StringBuilder out) {
        out.append("{\"level\":\"").append(line.level().text());
        out.append("\",\"time\":\"").append(time(line.time()));
        out.append("\",\"scope\":");
        quote(line.target(), out);
        out.append(",\"message\":");
        quote(line.message(), out);
        JsonFields fields = new JsonFields(out);
        line.fields(fields);
        if (!line.trace().isEmpty()) {
            fields.text("stack_trace", line.trace());
        }
        out.append("}\n");
    }

    private static void quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else {
                escape(c, out);
            }
        }
        out.append('"');
    }

    private static void escape(String text, StringBuilder out) {
        for (int i = 0; i < text.length(); i++) {
            escape(text.charAt(i), out);
        }
    }

    private static void escape(char c, StringBuilder out) {
        if (c >= ' ' && c != 0x7f) {
            out.append(c);
            return;
        }
        switch (c) {
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> out.append("\\u00").append(HEX[c >> 4]).append(HEX[c & 0xf]);
        }
    }

    private static final class PlainFields implements LogFields {
        private final StringBuilder out;
        private char separator = '\t';

        PlainFields(StringBuilder out) {
            this.out = out;
        }

        private StringBuilder name(String name) {
            out.append(separator);
            separator = ' ';
            escape(name, out);
            return out.append('=');
        }

        @Override
        public void text(String name, String value) {
            quote(value, name(name));
        }

        @Override
        public void bare(String name, String value) {
            escape(value, name(name));
        }

        @Override
        public void number(String name, long value) {
            name(name).append(value);
        }

        @Override
        public void bool(String name, boolean value) {
            name(name).append(value);
        }
    }

    private static final class JsonFields implements LogFields {
        private final StringBuilder out;

        JsonFields(StringBuilder out) {
            this.out = out;
        }

        private StringBuilder name(String name) {
            out.append(',');
            quote(name, out);
            return out.append(':');
        }

        @Override
        public void text(String name, String value) {
            quote(value, name(name));
        }

        @Override
        public void bare(String name, String value) {
            text(name, value);
        }

        @Override
        public void number(String name, long value) {
            name(name).append(value);
        }

        @Override
        public void bool(String name, boolean value) {
            name(name).append(value);
        }
    }
}
