package dev.culvert.waypoint.route;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// The parameters of a query, as forms write them (WHATWG URL, 5.1). Stateless.
final class QueryParameters {
    private QueryParameters() {}

    /// The first value of each name, names and values decoded. What is not well quoted stays as
    /// it is.
    static Map<String, String> parse(String query) {
        Map<String, String> parameters = new HashMap<>();
        int start = 0;
        while (start < query.length()) {
            int end = query.indexOf('&', start);
            end = end < 0 ? query.length() : end;
            int equals = query.indexOf('=', start);
            equals = equals < 0 || equals > end ? end : equals;
            if (end > start) {
                String value = equals < end ? query.substring(equals + 1, end) : "";
                parameters.putIfAbsent(decode(query.substring(start, equals)), decode(value));
            }
            start = end + 1;
        }
        return parameters;
    }

    static String decode(String text) {
        if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
            return text;
        }
        byte[] raw = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer decoded = ByteBuffer.allocate(raw.length);
        for (int i = 0; i < raw.length; i++) {
            int high = i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
            int low = i + 2 < raw.length ? Character.digit(raw[i + 2], 16) : -1;
            if (raw[i] == '%' && high >= 0 && low >= 0) {
                decoded.put((byte) (high << 4 | low));
                i += 2;
            } else {
                decoded.put(raw[i] == '+' ? (byte) ' ' : raw[i]);
            }
        }
        return StandardCharsets.UTF_8.decode(decoded.flip()).toString();
    }
}
