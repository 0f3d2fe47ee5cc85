package dev.culvert.waypoint.filter;

/// A filter that cannot be carried out; the message says why. Immutable.
final class InvalidFilter extends Exception {
    private static final long serialVersionUID = 1L;

    private final String why;

    InvalidFilter(String message) {
        super(message, null, false, false);
        why = message;
    }

    String why() {
        return why;
    }
}
