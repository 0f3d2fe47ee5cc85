package dev.culvert.mesh.xds;

/// Thrown by a decoder for a resource that cannot be accepted; its message says which field and why.
///
/// It rejects that one resource, whose name the control plane is told with the message.
final class Rejected extends Exception {
    private static final long serialVersionUID = 1L;

    Rejected(String message) {
        super(message, null, false, false);
    }

    /// For a value that the model refused.
    Rejected(IllegalArgumentException refusal) {
        super(refusal.getMessage(), null, false, false);
    }

    /// Which field and why.
    String reason() {
        String message = getMessage();
        return message == null ? "illegal value" : message;
    }
}
