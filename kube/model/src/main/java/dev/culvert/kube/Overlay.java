package dev.culvert.kube;

import dev.culvert.kube.decode.DecodeException;
import dev.culvert.kube.decode.Fields;
import dev.culvert.kube.decode.Value;
import dev.culvert.kube.resource.Kind;
import dev.culvert.kube.resource.ResourceKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the mesh wrote about one object, to be laid over its manifest: annotations, where null takes one
/// away, status conditions by type, and further fields of the status. Immutable.
///
/// @param uid the incarnation that this was written about; a later object of the same name is not touched by
///     it
record Overlay(String uid, Map<String, Value> annotations, Map<String, Value> conditions, Map<String, Value> status) {
    private static final String NO_NAMESPACE = "_";
    private static final String SUFFIX = ".yaml";

    private static final String CONDITIONS = "conditions";

    /// @throws DecodeException when the document is no overlay
    static Overlay decode(Value document) {
        Fields fields = Fields.of(document);
        Fields metadata = fields.object("metadata");
        Map<String, Value> annotations =
                metadata.find("annotations") instanceof Value.Mapping map ? map.fields() : Map.of();
        Map<String, Value> conditions = new LinkedHashMap<>();
        if (fields.object("status").find("conditions") instanceof Value.Items list) {
            list.items().forEach(item -> conditions.put(Fields.of(item).requiredText("type"), item));
        }
        Map<String, Value> status = new LinkedHashMap<>();
        Fields own = fields.object("status");
        for (String name : own.names()) {
            Value value = own.find(name);
            if (value != null && !name.equals(CONDITIONS)) {
                status.put(name, value);
            }
        }
        return new Overlay(metadata.requiredText("uid"), annotations, conditions, status);
    }

    /// The file of an object's overlay, relative to the directory of overlays.
    static String path(Kind<?> kind, String namespace, String name) {
        return kind.name() + "/" + (namespace.isEmpty() ? NO_NAMESPACE : namespace) + "/" + name + SUFFIX;
    }

    /// The object of `kind` whose overlay is the file at `path`; null when it is another kind's, or none.
    static @Nullable ObjectId object(Kind<?> kind, Path path) {
        if (path.getNameCount() != 3 || !path.getName(0).toString().equals(kind.name())) {
            return null;
        }
        String namespace = path.getName(1).toString();
        String file = path.getName(2).toString();
        return file.endsWith(SUFFIX)
                ? new ObjectId(
                        kind,
                        new ResourceKey(
                                namespace.equals(NO_NAMESPACE) ? "" : namespace,
                                file.substring(0, file.length() - SUFFIX.length())))
                : null;
    }

    /// `document` with this laid over it.
    Value applyTo(Value document) {
        if (!(document instanceof Value.Mapping root)) {
            return document;
        }
        Value.Mapping merged = root;
        if (!annotations.isEmpty()) {
            Value.Mapping metadata = mapping(root, "metadata");
            merged = with(
                    merged, "metadata", with(metadata, "annotations", annotated(mapping(metadata, "annotations"))));
        }
        Value.Mapping merging = mapping(root, "status");
        if (!conditions.isEmpty()) {
            merging = with(merging, CONDITIONS, conditioned(merging));
        }
        for (Map.Entry<String, Value> field : status.entrySet()) {
            merging = with(merging, field.getKey(), field.getValue());
        }
        if (!conditions.isEmpty() || !status.isEmpty()) {
            merged = with(merged, "status", merging);
        }
        return merged;
    }

    private Value.Mapping annotated(Value.Mapping before) {
        Map<String, Value> all = new LinkedHashMap<>(before.fields());
        annotations.forEach((name, value) -> {
            if (value instanceof Value.Nothing) {
                all.remove(name);
            } else {
                all.put(name, value);
            }
        });
        return new Value.Mapping(all, before.line());
    }

    private Value.Items conditioned(Value.Mapping status) {
        List<Value> all = new ArrayList<>();
        if (status.fields().get("conditions") instanceof Value.Items written) {
            for (Value item : written.items()) {
                if (!conditions.containsKey(Fields.of(item).text("type", ""))) {
                    all.add(item);
                }
            }
        }
        all.addAll(conditions.values());
        return new Value.Items(all, status.line());
    }

    private static Value.Mapping mapping(Value.Mapping parent, String name) {
        return parent.fields().get(name) instanceof Value.Mapping child ? child : Value.Mapping.EMPTY;
    }

    private static Value.Mapping with(Value.Mapping parent, String name, Value child) {
        Map<String, Value> fields = new LinkedHashMap<>(parent.fields());
        fields.put(name, child);
        return new Value.Mapping(fields, parent.line());
    }
}
