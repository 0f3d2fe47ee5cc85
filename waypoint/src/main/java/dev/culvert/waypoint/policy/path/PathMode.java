package dev.culvert.waypoint.policy.path;

/// How far a path is brought into normal form; each mode does what those before it do, too.
public enum PathMode {
    /// Not at all; what no server may be shown is refused all the same.
    NONE,
    /// Dot segments removed, escapes of unreserved characters decoded, a backslash made a slash.
    BASE,
    /// Slashes in a row made one.
    MERGE_SLASHES,
    /// First of all, `%2F` and `%5C` decoded.
    DECODE_AND_MERGE_SLASHES
}
