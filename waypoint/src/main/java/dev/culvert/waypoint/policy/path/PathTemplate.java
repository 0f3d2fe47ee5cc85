package dev.culvert.waypoint.policy.path;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A path with places to fill: `{*}` stands for at least one character within a segment, `{**}`
/// for any number of
/// characters and segments.
///
/// Immutable. A match costs one pass over the path for each piece between two places; nothing is
/// tried again.
public final class PathTemplate {
    private static final String ONE = "{*}";
    private static final String MANY = "{**}";

    /// Each with the pieces of text around its places; those before the segment with `{**}`, if
    /// there is one.
    private final List<List<String>> segments;

    private final @Nullable Rest rest;

    private PathTemplate(List<List<String>> segments, @Nullable Rest rest) {
        this.segments = segments;
        this.rest = rest;
    }

    /// Whether `text` has such places at all.
    public static boolean isTemplate(String text) {
        return text.contains(ONE) || text.contains(MANY);
    }

    /// The template that `text` spells; null when it is none that Istio knows: it has to begin
    /// with a slash, `{**}`
    /// is there once at most and last of all places, two places do not touch, and there are no
    /// other braces or stars.
    public static @Nullable PathTemplate tryParse(String text) {
        int many = text.indexOf(MANY);
        String head = many < 0 ? text : text.substring(0, many);
        String tail = many < 0 ? "" : text.substring(many + MANY.length());
        boolean wellFormed = text.startsWith("/")
                && isLiteral(tail)
                && isLiteral(head.replace(ONE, ""))
                && !head.contains(ONE + ONE)
                && !(many >= 0 && head.endsWith(ONE));
        if (!wellFormed) {
            return null;
        }
        int lastSlash = head.lastIndexOf('/');
        List<List<String>> segments = new ArrayList<>();
        for (String segment : (many < 0 ? head : head.substring(0, lastSlash)).split("/", -1)) {
            segments.add(pieces(segment));
        }
        return new PathTemplate(
                List.copyOf(segments), many < 0 ? null : new Rest(pieces(head.substring(lastSlash + 1)), tail));
    }

    /// Whether the whole of `path` is of this form.
    public boolean matches(String path) {
        int at = 0;
        for (int i = 0; i < segments.size(); i++) {
            int slash = path.indexOf('/', at);
            boolean last = rest == null && i == segments.size() - 1;
            if (last != (slash < 0)) {
                return false;
            }
            int end = last ? path.length() : slash;
            if (!segmentMatches(segments.get(i), path, at, end)) {
                return false;
            }
            at = end + 1;
        }
        return rest == null || rest.matches(path, at);
    }

    /// Pieces in their order, at least one character between each two, the first at the
    /// beginning and the last at the
    /// end. Taking the leftmost place for each piece in between leaves the most room for those
    /// that follow.
    private static boolean segmentMatches(List<String> pieces, String path, int from, int to) {
        String first = pieces.getFirst();
        String last = pieces.getLast();
        if (pieces.size() == 1) {
            return to - from == first.length() && path.startsWith(first, from);
        }
        int at = from + first.length();
        int end = to - last.length();
        if (at >= end || !path.startsWith(first, from) || !path.startsWith(last, end)) {
            return false;
        }
        for (String piece : pieces.subList(1, pieces.size() - 1)) {
            int found = path.indexOf(piece, at + 1);
            if (found < 0 || found + piece.length() >= end) {
                return false;
            }
            at = found + piece.length();
        }
        return true;
    }

    private static List<String> pieces(String segment) {
        List<String> pieces = new ArrayList<>();
        int at = 0;
        for (int place = segment.indexOf(ONE); place >= 0; place = segment.indexOf(ONE, at)) {
            pieces.add(segment.substring(at, place));
            at = place + ONE.length();
        }
        pieces.add(segment.substring(at));
        return List.copyOf(pieces);
    }

    private static boolean isLiteral(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '{' || c == '}' || c == '*') {
                return false;
            }
        }
        return true;
    }

    /// The segment with `{**}` and what follows it.
    private record Rest(List<String> before, String after) {
        boolean matches(String path, int at) {
            if (at > path.length() || path.length() - at < after.length() || !path.endsWith(after)) {
                return false;
            }
            int limit = path.length() - after.length();
            if (before.size() == 1) {
                String literal = before.getFirst();
                return at + literal.length() <= limit && path.startsWith(literal, at);
            }
            return startMatches(path, at, limit);
        }

        private boolean startMatches(String path, int from, int limit) {
            if (!path.startsWith(before.getFirst(), from)) {
                return false;
            }
            int at = from + before.getFirst().length();
            int slash = path.indexOf('/', at);
            int end = slash < 0 ? limit : Math.min(slash, limit);
            for (String piece : before.subList(1, before.size())) {
                int found = path.indexOf(piece, at + 1);
                if (found < 0 || found + piece.length() > end) {
                    return false;
                }
                at = found + piece.length();
            }
            return true;
        }
    }
}
