package dev.culvert.waypoint.policy;

import java.util.List;

/// A text in which each `*` stands for any number of characters, as Istio allows for namespaces.
///
/// Immutable. A match looks for each piece once, from left to right.
record Glob(List<String> pieces) {
    Glob {
        pieces = List.copyOf(pieces);
    }

    static Glob parse(String value) {
        return new Glob(List.of(value.split("\\*", -1)));
    }

    boolean matches(String text) {
        String first = pieces.getFirst();
        String last = pieces.getLast();
        if (pieces.size() == 1) {
            return text.equals(first);
        }
        int end = text.length() - last.length();
        if (first.length() > end || !text.startsWith(first) || !text.endsWith(last)) {
            return false;
        }
        int at = first.length();
        for (String piece : pieces.subList(1, pieces.size() - 1)) {
            int found = text.indexOf(piece, at);
            if (found < 0 || found + piece.length() > end) {
                return false;
            }
            at = found + piece.length();
        }
        return true;
    }
}
