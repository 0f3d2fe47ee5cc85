package dev.culvert.waypoint.policy.path;

/// The segments `.` and `..`, and slashes in a row.
///
/// Pure. Paths begin with a slash.
final class DotSegments {
    private DotSegments() {}

    /// Without dot segments (RFC 3986 section 5.2.4); `..` at the top stays there. An empty
    /// segment counts as one.
    static String remove(String path) {
        if (!path.contains("/.")) {
            return path;
        }
        StringBuilder result = new StringBuilder(path.length());
        int at = 0;
        while (at < path.length()) {
            int end = path.indexOf('/', at + 1);
            int next = end < 0 ? path.length() : end;
            int length = next - at - 1;
            boolean dot = length == 1 && path.charAt(at + 1) == '.';
            boolean twoDots = length == 2 && path.charAt(at + 1) == '.' && path.charAt(at + 2) == '.';
            if (twoDots) {
                result.setLength(Math.max(0, result.lastIndexOf("/")));
            }
            if (!dot && !twoDots) {
                result.append(path, at, next);
            } else if (end < 0) {
                result.append('/');
            }
            at = next;
        }
        return result.toString();
    }

    /// With each row of slashes made one.
    static String mergeSlashes(String path) {
        if (!path.contains("//")) {
            return path;
        }
        StringBuilder result = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c != '/' || i == 0 || path.charAt(i - 1) != '/') {
                result.append(c);
            }
        }
        return result.toString();
    }
}
