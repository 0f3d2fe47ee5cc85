package dev.culvert.mesh.model;

import org.jspecify.annotations.Nullable;

/// A hostname in a namespace, the key of a service; printed `namespace/hostname`.
///
/// Immutable.
public record NamespacedHostname(String namespace, String hostname) {
    /// What `text` spells when it is split at its first slash, or null when it has none.
    public static @Nullable NamespacedHostname tryParse(String text) {
        int slash = text.indexOf('/');
        return slash < 0 ? null : new NamespacedHostname(text.substring(0, slash), text.substring(slash + 1));
    }

    /// What `text` spells.
    ///
    /// @throws IllegalArgumentException when it has no slash
    public static NamespacedHostname parse(String text) {
        NamespacedHostname parsed = tryParse(text);
        if (parsed == null) {
            throw new IllegalArgumentException("service is '" + text + "'; expected <namespace>/<hostname>");
        }
        return parsed;
    }

    @Override
    public String toString() {
        return namespace + "/" + hostname;
    }
}
