package dev.culvert.waypoint.codec;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Locale;

/// Fields that are about one connection and not about the message (RFC 9110 section 7.6.1). Without
/// state.
public final class ConnectionFields {
    private static final AsciiString KEEP_ALIVE = AsciiString.cached("keep-alive");
    private static final AsciiString PROXY_CONNECTION = AsciiString.cached("proxy-connection");
    private static final AsciiString HTTP2_SETTINGS = AsciiString.cached("http2-settings");

    private static final List<AsciiString> NOT_BEHIND = List.of(
            HttpHeaderNames.CONNECTION,
            KEEP_ALIVE,
            PROXY_CONNECTION,
            HTTP2_SETTINGS,
            HttpHeaderNames.TRANSFER_ENCODING,
            HttpHeaderNames.CONTENT_LENGTH,
            HttpHeaderNames.UPGRADE,
            HttpHeaderNames.TRAILER,
            HttpHeaderNames.TE,
            HttpHeaderNames.HOST,
            HttpHeaderNames.EXPECT,
            HttpHeaderNames.RANGE,
            HttpHeaderNames.AUTHORIZATION,
            HttpHeaderNames.PROXY_AUTHORIZATION,
            HttpHeaderNames.COOKIE,
            HttpHeaderNames.SET_COOKIE,
            HttpHeaderNames.CONTENT_TYPE,
            HttpHeaderNames.CONTENT_ENCODING,
            HttpHeaderNames.CONTENT_RANGE);

    private ConnectionFields() {}

    /// Takes them out of a message of HTTP/1. What is left of a wish to switch protocols is the
    /// field `upgrade`; what is left of `te` is the word `trailers`.
    static void strip(HttpHeaders headers) {
        boolean upgrade = false;
        boolean trailers = headers.containsValue(HttpHeaderNames.TE, "trailers", true);
        for (String line : headers.getAll(HttpHeaderNames.CONNECTION)) {
            for (String option : line.split(",", -1)) {
                String name = option.trim();
                upgrade |= name.equalsIgnoreCase("upgrade");
                if (mayBeNamed(name)) {
                    headers.remove(name);
                }
            }
        }
        List.of(
                        HttpHeaderNames.CONNECTION,
                        KEEP_ALIVE,
                        PROXY_CONNECTION,
                        HTTP2_SETTINGS,
                        HttpHeaderNames.TRANSFER_ENCODING,
                        HttpHeaderNames.TE)
                .forEach(headers::remove);
        if (trailers) {
            headers.set(HttpHeaderNames.TE, "trailers");
        }
        if (!upgrade || headers.containsValue(HttpHeaderNames.UPGRADE, "h2c", true)) {
            headers.remove(HttpHeaderNames.UPGRADE);
        }
    }

    /// Takes out of the fields behind a body what is about framing, routing, who asks, or how the
    /// body is to be read (RFC 9110 section 6.5.1): a server may take them for those of the head.
    static void stripTrailers(HttpHeaders trailers) {
        if (!trailers.isEmpty()) {
            NOT_BEHIND.forEach(trailers::remove);
        }
    }

    /// Connection may name any field, but not take away what others rely upon.
    private static boolean mayBeNamed(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "",
                    "close",
                    "upgrade",
                    "te",
                    "host",
                    "content-length",
                    "content-type",
                    "authorization",
                    "cookie",
                    "cache-control",
                    "expect",
                    "forwarded",
                    "via" -> false;
            default -> !name.toLowerCase(Locale.ROOT).startsWith("x-") && isName(name);
        };
    }

    private static boolean isName(String name) {
        return name.chars().allMatch(c -> c < 128 && HeadScanner.isToken((byte) c));
    }

    /// Whether a message of HTTP/2 may have a field of this name, in lower case.
    static boolean isAllowedInHttp2(CharSequence name) {
        return !(AsciiString.contentEquals(name, HttpHeaderNames.CONNECTION)
                || AsciiString.contentEquals(name, KEEP_ALIVE)
                || AsciiString.contentEquals(name, PROXY_CONNECTION)
                || AsciiString.contentEquals(name, HttpHeaderNames.TRANSFER_ENCODING)
                || AsciiString.contentEquals(name, HttpHeaderNames.UPGRADE));
    }
}
