package dev.culvert.hbone.header;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// The client of a connection and the service that it addressed (RFC 7239), for telemetry only. Immutable.
///
/// @param client who connected; never read from the wire, as nobody vouches for it
/// @param host the service's hostname
public record Forwarded(
        @Nullable InetSocketAddress client, @Nullable String host) {

    /// Says nothing.
    public static final Forwarded EMPTY = new Forwarded(null, null);

    private static final String HOST = "host=";

    /// The value of the header; empty when nothing is said.
    public String print() {
        StringBuilder out = new StringBuilder(96);
        if (client != null) {
            out.append("for=\"")
                    .append(Authority.print(client.getAddress(), client.getPort()))
                    .append('"');
        }
        if (host != null) {
            out.append(out.isEmpty() ? "" : ";").append(HOST).append(host);
        }
        return out.toString();
    }

    /// What `text` says of the host; anything else in it is passed over.
    public static Forwarded parse(String text) {
        if (text.chars().anyMatch(c -> c > 0x7f)) {
            return EMPTY;
        }
        for (String part : text.split(";", -1)) {
            String trimmed = part.trim();
            if (trimmed.startsWith(HOST)) {
                String host = unquoted(trimmed.substring(HOST.length()));
                return host.isEmpty() ? EMPTY : new Forwarded(null, host);
            }
        }
        return EMPTY;
    }

    private static String unquoted(String text) {
        boolean quoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
        return quoted ? text.substring(1, text.length() - 1) : text;
    }
}
