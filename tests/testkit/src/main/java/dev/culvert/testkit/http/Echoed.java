package dev.culvert.testkit.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// What an [EchoApp] saw of a request. Immutable; its text form is one `name=value` a line.
///
/// @param pod that answered
/// @param protocol `HTTP/1.1` or `HTTP/2`
/// @param peer address that the connection came from
/// @param headers by lower-case name, in order of arrival
public record Echoed(
        String pod,
        String method,
        String path,
        String host,
        String protocol,
        String peer,
        String body,
        Map<String, List<String>> headers) {
    private static final String HEADER = "header.";

    public Echoed {
        headers = Map.copyOf(headers);
    }

    /// The values of a header, in order; empty when it did not arrive.
    public List<String> header(String name) {
        return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
    }

    String text() {
        StringBuilder text = new StringBuilder();
        line(text, "pod", pod);
        line(text, "method", method);
        line(text, "path", path);
        line(text, "host", host);
        line(text, "protocol", protocol);
        line(text, "peer", peer);
        line(text, "body", body);
        headers.forEach((name, values) -> values.forEach(value -> line(text, HEADER + name, value)));
        return text.toString();
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(name).append('=').append(value.replace('\n', ' ')).append('\n');
    }

    /// Reads the text form.
    ///
    /// @throws IllegalArgumentException when no echo wrote it
    public static Echoed parse(String text) {
        Map<String, String> fields = new TreeMap<>();
        Map<String, List<String>> headers = new TreeMap<>();
        for (String line : text.split("\n", -1)) {
            int equals = line.indexOf('=');
            if (equals > 0 && line.startsWith(HEADER)) {
                headers.computeIfAbsent(line.substring(HEADER.length(), equals), _ -> new ArrayList<>())
                        .add(line.substring(equals + 1));
            } else if (equals > 0) {
                fields.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        if (!fields.containsKey("pod")) {
            throw new IllegalArgumentException("not the answer of an echo: " + text);
        }
        return new Echoed(
                fields.getOrDefault("pod", ""),
                fields.getOrDefault("method", ""),
                fields.getOrDefault("path", ""),
                fields.getOrDefault("host", ""),
                fields.getOrDefault("protocol", ""),
                fields.getOrDefault("peer", ""),
                fields.getOrDefault("body", ""),
                headers);
    }
}
