package dev.culvert.hbone.h2;

/// A breach by the peer that ends the connection. Carries no stack trace: it tells of the peer, not of our code.
final class Violation extends Exception {
    private static final long serialVersionUID = 1;

    private final ErrorCode code;

    Violation(ErrorCode code, String detail) {
        super(detail, null, false, false);
        this.code = code;
    }

    /// What GOAWAY is to say.
    ErrorCode code() {
        return code;
    }

    /// What GOAWAY is to say in words.
    String detail() {
        return String.valueOf(getMessage());
    }
}
