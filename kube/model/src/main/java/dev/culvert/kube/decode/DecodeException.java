package dev.culvert.kube.decode;

/// A document is not what it should be: where, and what was expected. Caught where a document is read, and
/// turned into a report there; it has no stack trace, since it tells of the input and not of the code.
public final class DecodeException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String path;
    private final int line;

    public DecodeException(String path, int line, String reason) {
        super(reason, null, false, false);
        this.path = path;
        this.line = line;
    }

    /// The field, as in `spec.ports[2].port`; empty for the whole document.
    public String path() {
        return path;
    }

    /// 1-based; 0 when unknown.
    public int line() {
        return line;
    }

    /// What is wrong and what was expected.
    public String reason() {
        return String.valueOf(getMessage());
    }
}
