package dev.culvert.waypoint.match;

/// A pattern that cannot be used; the message says which and why. Immutable.
public final class InvalidPattern extends Exception {
    private static final long serialVersionUID = 1L;

    private final String why;

    /// @param message names the pattern and what is wrong with it
    public InvalidPattern(String message) {
        super(message, null, false, false);
        why = message;
    }

    /// Which pattern, and what is wrong with it.
    public String why() {
        return why;
    }
}
