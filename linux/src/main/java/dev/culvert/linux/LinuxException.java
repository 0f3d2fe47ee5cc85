package dev.culvert.linux;

import java.io.IOException;

/// A native call failed: which, with what errno, and what an operator should check. Immutable.
public final class LinuxException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final int code;

    LinuxException(String call, Errno errno, String check) {
        super(call + " failed: " + errno + (check.isEmpty() ? "" : "; " + check));
        this.call = call;
        this.code = errno.code();
    }

    /// The call with its arguments, as it would be written.
    public String call() {
        return call;
    }

    /// Why the kernel refused it.
    public Errno errno() {
        return new Errno(code);
    }
}
