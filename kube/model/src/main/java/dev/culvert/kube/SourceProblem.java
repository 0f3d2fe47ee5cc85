package dev.culvert.kube;

/// Something in a source's input that is not in force, and why: where it is, which line, and what was
/// expected. Immutable.
///
/// @param origin the file, or the object's address at the API server
/// @param line   1-based; 0 when the origin has no lines
/// @param path   the field, as in `spec.ports[2].port`; empty when the whole document is meant
/// @param reason what is wrong, what was expected, and what stays in force
public record SourceProblem(String origin, int line, String path, String reason) {
    /// One line for a log or a terminal.
    @Override
    public String toString() {
        return origin + (line > 0 ? ":" + line : "") + ": " + (path.isEmpty() ? "" : path + ": ") + reason;
    }
}
