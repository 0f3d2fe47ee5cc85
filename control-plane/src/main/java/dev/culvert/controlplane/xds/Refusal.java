package dev.culvert.controlplane.xds;

import io.grpc.Status;

/// A reason to end a client's stream, as the status that the client is told. No bug: it carries no
/// stack trace.
final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Status status;

    Refusal(Status status) {
        super(status.getDescription(), null, false, false);
        this.status = status;
    }

    Status status() {
        return status;
    }
}
