package dev.culvert.waypoint.policy.path;

import java.util.function.IntPredicate;

/// Percent escapes of RFC 3986.
///
/// Pure.
final class Escapes {
    private Escapes() {}

    /// The octet that the escape at `at` spells; -1 when there is none that ends before `end`.
    static int valueAt(String text, int at, int end) {
        if (at + 2 >= end || text.charAt(at) != '%') {
            return -1;
        }
        int high = Character.digit(text.charAt(at + 1), 16);
        int low = Character.digit(text.charAt(at + 2), 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    /// With escapes of letters, digits, `-`, `.`, `_` and `~` decoded, once.
    static String decodeUnreserved(String path) {
        return decode(path, Escapes::isUnreserved);
    }

    /// With `%2F` and `%5C` decoded, once.
    static String decodeSlashes(String path) {
        return decode(path, value -> value == '/' || value == '\\');
    }

    /// With the escapes of all of ASCII that is visible decoded, once.
    static String decodeVisible(String path) {
        return decode(path, value -> value > ' ' && value < 0x7f);
    }

    private static String decode(String path, IntPredicate wanted) {
        int escape = path.indexOf('%');
        if (escape < 0) {
            return path;
        }
        StringBuilder decoded = new StringBuilder(path.length()).append(path, 0, escape);
        for (int i = escape; i < path.length(); i++) {
            int value = valueAt(path, i, path.length());
            if (value >= 0 && wanted.test(value)) {
                decoded.append((char) value);
                i += 2;
            } else {
                decoded.append(path.charAt(i));
            }
        }
        return decoded.toString();
    }

    private static boolean isUnreserved(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '.'
                || c == '_'
                || c == '~';
    }
}
