package dev.culvert.kube.resource;

import dev.culvert.kube.decode.Fields;
import dev.culvert.kube.decode.Value;
import java.util.List;
import java.util.function.BiFunction;

/// A kind of resource: how an API server calls it, and how its documents become records. Immutable; two kinds
/// are the same when they are one object.
public final class Kind<T extends Resource> {
    private final String group;
    private final List<String> versions;
    private final String name;
    private final String plural;
    private final boolean namespaced;
    private final BiFunction<ObjectMeta, Fields, T> decoder;

    private Kind(
            String group,
            List<String> versions,
            String name,
            String plural,
            boolean namespaced,
            BiFunction<ObjectMeta, Fields, T> decoder) {
        this.group = group;
        this.versions = List.copyOf(versions);
        this.name = name;
        this.plural = plural;
        this.namespaced = namespaced;
        this.decoder = decoder;
    }

    static <T extends Resource> Kind<T> namespaced(
            String group,
            List<String> versions,
            String name,
            String plural,
            BiFunction<ObjectMeta, Fields, T> decoder) {
        return new Kind<>(group, versions, name, plural, true, decoder);
    }

    static <T extends Resource> Kind<T> clusterWide(
            String group,
            List<String> versions,
            String name,
            String plural,
            BiFunction<ObjectMeta, Fields, T> decoder) {
        return new Kind<>(group, versions, name, plural, false, decoder);
    }

    /// The API group; empty for the core group.
    public String group() {
        return group;
    }

    /// The versions that we read, the preferred one first.
    public List<String> versions() {
        return versions;
    }

    /// As in `kind: Pod`.
    public String name() {
        return name;
    }

    /// As in `/api/v1/pods`.
    public String plural() {
        return plural;
    }

    public boolean namespaced() {
        return namespaced;
    }

    /// The record that `document` describes.
    ///
    /// @throws dev.culvert.kube.decode.DecodeException when a field is not what it should be
    public T decode(Value document) {
        Fields fields = Fields.of(document);
        return decoder.apply(MetadataDecoder.decode(this, fields.object("metadata")), fields);
    }

    @Override
    public String toString() {
        return group.isEmpty() ? name : name + "." + group;
    }
}
