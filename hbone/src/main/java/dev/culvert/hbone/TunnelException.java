package dev.culvert.hbone;

import java.io.IOException;
import java.io.Serial;

/// A [TunnelFailure] where Netty wants an exception. Immutable; it has no stack trace, for it is no fault of ours.
public final class TunnelException extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    private final transient TunnelFailure failure;

    public TunnelException(TunnelFailure failure) {
        super(failure.message());
        this.failure = failure;
    }

    /// What happened.
    public TunnelFailure failure() {
        return failure;
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // nothing is written
    public Throwable fillInStackTrace() {
        return this;
    }
}
