package dev.culvert.agent.event;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// One HTTP/1.1 request of a plugin, read whole. Immutable.
///
/// @param headers by lower-case name
record PluginRequest(String method, String path, Map<String, String> headers, String body) {
    private static final int HEAD_LIMIT = 16 * 1024;
    private static final int BODY_LIMIT = 256 * 1024;

    /// Reads one request.
    ///
    /// @throws IOException when the peer sends none, or a longer one than any plugin does
    static PluginRequest read(InputStream in) throws IOException {
        String[] lines = head(in).split("\r\n", -1);
        String[] start = lines[0].split(" ", -1);
        if (start.length != 3 || !start[2].startsWith("HTTP/1.")) {
            throw new IOException("'" + lines[0] + "' is no HTTP request line");
        }
        Map<String, String> headers = new HashMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0) {
                headers.put(
                        lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                        lines[i].substring(colon + 1).strip());
            }
        }
        return new PluginRequest(start[0], start[1], Map.copyOf(headers), body(in, headers));
    }

    private static String body(InputStream in, Map<String, String> headers) throws IOException {
        String text = headers.getOrDefault("content-length", "0");
        int length;
        try {
            length = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IOException("content-length is '" + text + "'", e);
        }
        if (length < 0 || length > BODY_LIMIT || headers.containsKey("transfer-encoding")) {
            throw new IOException("a body of at most " + BODY_LIMIT + " bytes with its content-length is expected");
        }
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new IOException("the body is cut short");
        }
        return new String(body, StandardCharsets.UTF_8);
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < HEAD_LIMIT) {
            int c = in.read();
            if (c < 0) {
                throw new IOException("the request is cut short");
            }
            head.append((char) c);
            int end = head.length() - 4;
            if (c == '\n' && end >= 0 && head.indexOf("\r\n\r\n", end) == end) {
                return head.substring(0, end);
            }
        }
        throw new IOException("more than " + HEAD_LIMIT + " bytes of header");
    }

    String header(String name) {
        return headers.getOrDefault(name, "");
    }
}
