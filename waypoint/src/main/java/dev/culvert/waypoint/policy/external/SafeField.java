package dev.culvert.waypoint.policy.external;

import io.netty.util.AsciiString;
import java.util.Locale;
import java.util.Set;

/// Tells which fields an authorizer may set, and which it is sent.
///
/// Pure. What frames a message or belongs to one connection is nobody's to change, and neither a
/// name nor a value may
/// hold what ends a line.
final class SafeField {
    private static final Set<String> OF_THE_CONNECTION = Set.of(
            "connection",
            "content-length",
            "host",
            "http2-settings",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    private SafeField() {}

    /// Whether it may be put into a head as it is.
    static boolean isSafe(String name, String value) {
        return isChangeable(name) && value.chars().allMatch(c -> (c >= ' ' && c < 0x7f) || c == '\t' || isLatin(c));
    }

    /// Whether the field is one that may be changed or taken away.
    static boolean isChangeable(String name) {
        return !name.isEmpty()
                && name.chars().allMatch(SafeField::isTokenCharacter)
                && !OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT));
    }

    /// Whether the field describes the exchange rather than its connection.
    static boolean isEndToEnd(CharSequence name) {
        return !OF_THE_CONNECTION.contains(AsciiString.of(name).toLowerCase().toString());
    }

    private static boolean isLatin(int c) {
        return c >= 0xa0 && c <= 0xff;
    }

    private static boolean isTokenCharacter(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }
}
