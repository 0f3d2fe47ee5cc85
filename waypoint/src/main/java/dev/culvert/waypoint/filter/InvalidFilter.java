package dev.culvert.waypoint.filter;

/// A filter that cannot be carried out; the message says why. Immutable.
final class InvalidFilter extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidFilter(String message) {
        super(message, null, false, false);
    }
}
