package dev.culvert.kube.resource;

import dev.culvert.kube.decode.Value;
import dev.culvert.kube.decode.YamlDocuments;
import java.util.Objects;

/// Reads manifests for the tests of this package. Pure.
final class Manifest {
    private Manifest() {}

    /// The only document of `yaml`.
    static Value document(String yaml) {
        var parsed = (YamlDocuments.Document.Parsed) YamlDocuments.parse(yaml).getFirst();
        return parsed.value();
    }

    /// The resource that `yaml` describes, by the decoder of its kind.
    static <T extends Resource> T read(Class<T> type, String yaml) {
        return type.cast(decode(document(yaml)));
    }

    /// The resource that `document` describes.
    static Resource decode(Value document) {
        var fields = ((Value.Mapping) document).fields();
        Kind<?> kind = Objects.requireNonNull(Kinds.find(
                String.valueOf(Objects.requireNonNull(fields.get("apiVersion")).toJson()),
                String.valueOf(Objects.requireNonNull(fields.get("kind")).toJson())));
        return kind.decode(document);
    }
}
