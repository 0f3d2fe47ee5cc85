package dev.culvert.waypoint.policy.path;

import java.util.ArrayList;
import java.util.List;

/// The ways in which servers might read a path.
///
/// Pure. A refusal is judged by all of them, so that nothing is gained by a spelling that the
/// waypoint leaves as it
/// is and a server behind it does not: escaped slashes, escapes of escapes, parameters of
/// segments, slashes in a row,
/// a slash at the end. An admission is judged by the first alone.
public final class PathReadings {
    /// Escapes of escapes of escapes; deeper is nobody's reading.
    private static final int DECODINGS = 3;

    private PathReadings() {}

    /// The path as it is, then how else it might be read; usually there is nothing else.
    public static List<String> of(String path) {
        boolean slashAtEnd = path.length() > 1 && path.endsWith("/");
        boolean odd = path.indexOf('%') >= 0 || path.indexOf(';') >= 0 || path.indexOf('\\') >= 0;
        if (!odd && !slashAtEnd && !path.contains("//") && !path.contains("/.")) {
            return List.of(path);
        }
        List<String> readings = new ArrayList<>(4);
        readings.add(path);
        String decoded = path;
        for (int i = 0; i < DECODINGS && decoded.indexOf('%') >= 0; i++) {
            decoded = Escapes.decodeVisible(decoded);
        }
        addOnce(readings, plain(decoded));
        addOnce(readings, plain(withoutParameters(decoded)));
        for (String reading : List.copyOf(readings)) {
            if (reading.length() > 1 && reading.endsWith("/")) {
                addOnce(readings, reading.substring(0, reading.length() - 1));
            }
        }
        return readings;
    }

    private static String plain(String path) {
        return DotSegments.remove(DotSegments.mergeSlashes(path.replace('\\', '/')));
    }

    private static String withoutParameters(String path) {
        if (path.indexOf(';') < 0) {
            return path;
        }
        StringBuilder result = new StringBuilder(path.length());
        boolean skip = false;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '/' || c == '\\') {
                skip = false;
            } else if (c == ';') {
                skip = true;
            }
            if (!skip) {
                result.append(c);
            }
        }
        return result.toString();
    }

    private static void addOnce(List<String> readings, String reading) {
        if (!readings.contains(reading)) {
            readings.add(reading);
        }
    }
}
