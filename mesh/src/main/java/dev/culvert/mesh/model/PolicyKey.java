package dev.culvert.mesh.model;

/// The key of an authorization policy; printed `namespace/name`.
///
/// Immutable.
public record PolicyKey(String namespace, String name) implements Comparable<PolicyKey> {
    /// What `text` spells when it is split at its first slash; without one the namespace is empty.
    public static PolicyKey parse(String text) {
        int slash = text.indexOf('/');
        return slash < 0 ? new PolicyKey("", text) : new PolicyKey(text.substring(0, slash), text.substring(slash + 1));
    }

    @Override
    public int compareTo(PolicyKey other) {
        int byNamespace = namespace.compareTo(other.namespace);
        return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return namespace.isEmpty() ? name : namespace + "/" + name;
    }
}
