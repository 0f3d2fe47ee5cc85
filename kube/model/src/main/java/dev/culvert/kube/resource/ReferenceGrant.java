package dev.culvert.kube.resource;

import java.util.List;

/// Which objects of other namespaces may refer to objects of this one (gateway.networking.k8s.io). Immutable.
public record ReferenceGrant(ObjectMeta metadata, List<From> from, List<To> to) implements Resource {
    public ReferenceGrant {
        from = List.copyOf(from);
        to = List.copyOf(to);
    }

    /// Who may refer.
    public record From(String group, String kind, String namespace) {}

    /// To what.
    ///
    /// @param name empty for all of the kind
    public record To(String group, String kind, String name) {}

    /// Whether objects like `who` may refer to `target`, an object of the grant's namespace.
    public boolean allows(From who, To target) {
        return from.contains(who)
                && to.stream()
                        .anyMatch(allowed -> allowed.group.equals(target.group)
                                && allowed.kind.equals(target.kind)
                                && (allowed.name.isEmpty() || allowed.name.equals(target.name)));
    }
}
