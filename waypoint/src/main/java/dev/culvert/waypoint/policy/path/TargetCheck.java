package dev.culvert.waypoint.policy.path;

import org.jspecify.annotations.Nullable;

/// Finds what no server may be shown in the target of a request.
///
/// Pure.
final class TargetCheck {
    private TargetCheck() {}

    /// Why `target` is refused, in words joined by underscores; null when it is not.
    ///
    /// @param dotParameters whether dot segments with parameters are refused
    static @Nullable String refusalOf(String target, boolean dotParameters) {
        int end = target.length();
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c <= ' ' || c > '~') {
                return c > '~' && c != 0x7f ? "request_target_has_non_ascii" : "request_target_has_control_character";
            }
            if (c == '#') {
                return "request_target_has_fragment";
            }
            if (c == '?' && end == target.length()) {
                end = i;
            }
            if (c == '%' && i < end) {
                String reason = refusalOfEscape(target, i, end);
                if (reason != null) {
                    return reason;
                }
            }
        }
        return dotParameters && hasDotParameters(target, end) ? "request_path_has_dot_segment_with_parameters" : null;
    }

    private static @Nullable String refusalOfEscape(String target, int at, int end) {
        int value = Escapes.valueAt(target, at, end);
        if (value < 0) {
            return "request_path_has_invalid_escape";
        }
        if (value < 0x20 || value == 0x7f) {
            return value == 0 ? "request_path_has_nul" : "request_path_has_control_character";
        }
        if (value < 0xc0) {
            return null;
        }
        int next = Escapes.valueAt(target, at + 3, end);
        boolean overlong = (value <= 0xc1 && next >= 0x80 && next <= 0xbf)
                || (value == 0xe0 && next >= 0x80 && next <= 0x9f)
                || (value == 0xf0 && next >= 0x80 && next <= 0x8f)
                || (value >= 0xf8 && next >= 0x80 && next <= 0xbf);
        return overlong ? "request_path_has_overlong_utf8" : null;
    }

    /// Whether a segment is one or two dots, plain or escaped, followed by a semicolon, plain or
    /// escaped.
    private static boolean hasDotParameters(String target, int end) {
        int i = 0;
        while (i < end) {
            int at = i + 1;
            int dots = 0;
            while (dots < 3 && width(target, at, end, '.') > 0) {
                at += width(target, at, end, '.');
                dots++;
            }
            if (dots >= 1 && dots <= 2 && width(target, at, end, ';') > 0) {
                return true;
            }
            i = nextSlash(target, Math.max(at, i + 1), end);
        }
        return false;
    }

    /// How many characters spell `wanted` at a place: one, three when it is escaped, none when
    /// it is something else.
    private static int width(String target, int at, int end, char wanted) {
        if (at < end && target.charAt(at) == wanted) {
            return 1;
        }
        return at < end && target.charAt(at) == '%' && Escapes.valueAt(target, at, end) == wanted ? 3 : 0;
    }

    private static int nextSlash(String target, int from, int end) {
        for (int i = from; i < end; i++) {
            char c = target.charAt(i);
            if (c == '/' || c == '\\') {
                return i;
            }
            int value = c == '%' ? Escapes.valueAt(target, i, end) : -1;
            if (value == '/' || value == '\\') {
                return i + 2;
            }
        }
        return end;
    }
}
