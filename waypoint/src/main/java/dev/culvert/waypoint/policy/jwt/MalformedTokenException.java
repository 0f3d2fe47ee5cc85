package dev.culvert.waypoint.policy.jwt;

import java.io.Serial;

/// Tells that a text is no token.
///
/// Immutable, without a stack trace: bad tokens are the clients' doing and may come in any
/// number.
final class MalformedTokenException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    /// @param what words joined by underscores, to follow "Jwt_"
    MalformedTokenException(String what) {
        super("Jwt_" + what, null, false, false);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
