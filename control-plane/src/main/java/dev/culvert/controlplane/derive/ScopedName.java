package dev.culvert.controlplane.derive;

/// The name of a resource that only the clients of one scope get, such as the proxies of one Gateway.
/// Immutable.
///
/// @param scope has no `|`
public record ScopedName(String scope, String name) {
    private static final char SEPARATOR = '|';

    /// The name and the scope that `key` was made from.
    public static ScopedName parse(String key) {
        int at = key.indexOf(SEPARATOR);
        if (at < 0) {
            throw new IllegalArgumentException("'" + key + "' names no scope; expected scope|name");
        }
        return new ScopedName(key.substring(0, at), key.substring(at + 1));
    }

    /// One text that names both, unique among the resources of a type.
    public String key() {
        return scope + SEPARATOR + name;
    }
}
