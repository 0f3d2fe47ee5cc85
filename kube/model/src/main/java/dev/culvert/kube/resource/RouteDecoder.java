package dev.culvert.kube.resource;

import dev.culvert.kube.decode.Fields;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// Decodes what all routes of the Gateway API share.
final class RouteDecoder {
    private static final int MAX_PARENTS = 32;
    private static final int MAX_RULES = 16;
    private static final int MAX_BACKENDS = 16;
    private static final int MAX_WEIGHT = 1_000_000;

    private RouteDecoder() {}

    static List<ParentRef> parentRefs(ObjectMeta metadata, Fields spec) {
        spec.size("parentRefs", 0, MAX_PARENTS);
        List<ParentRef> refs = spec.objects("parentRefs", fields -> parentRef(metadata, fields));
        for (int i = 0; i < refs.size(); i++) {
            for (int j = 0; j < i; j++) {
                checkDistinct(spec, refs.get(j), refs.get(i));
            }
        }
        return refs;
    }

    static List<ParentStatus> parents(ObjectMeta metadata, Fields document) {
        return document.object("status")
                .objects(
                        "parents",
                        fields -> new ParentStatus(
                                parentRef(metadata, fields.object("parentRef")),
                                fields.requiredText("controllerName"),
                                MetadataDecoder.conditions(fields)));
    }

    /// The rules, as many as a route may have and none with the name of another.
    static <T> List<T> rules(Fields spec, int min, Function<Fields, T> decoder) {
        spec.size("rules", min, MAX_RULES);
        Set<String> names = new HashSet<>();
        return spec.objects("rules", fields -> {
            String name = ruleName(fields);
            if (!name.isEmpty() && !names.add(name)) {
                throw fields.refused("name", "is the name \"" + name + "\" a second time; expected one that is unique");
            }
            return decoder.apply(fields);
        });
    }

    static String ruleName(Fields rule) {
        return rule.text("name", "", Formats.NAME);
    }

    /// The backends of a rule.
    static <T> List<T> backends(Fields rule, int min, Function<Fields, T> decoder) {
        rule.size("backendRefs", min, MAX_BACKENDS);
        return rule.objects("backendRefs", decoder);
    }

    static BackendRef backendRef(ObjectMeta metadata, Fields fields) {
        BackendRef ref = new BackendRef(
                fields.text("group", ""),
                fields.text("kind", "Service"),
                fields.text("namespace", metadata.namespace(), Formats.NAMESPACE),
                fields.requiredText("name"),
                fields.integer("port", 1, 65535, 0),
                fields.integer("weight", 0, MAX_WEIGHT, 1));
        if (ref.isService() && ref.port() == 0) {
            throw fields.wrong("port", "a port of the Service, 1 to 65535");
        }
        return ref;
    }

    private static ParentRef parentRef(ObjectMeta metadata, Fields fields) {
        return new ParentRef(
                fields.text("group", "gateway.networking.k8s.io"),
                fields.text("kind", "Gateway"),
                fields.text("namespace", metadata.namespace(), Formats.NAMESPACE),
                fields.requiredText("name"),
                fields.text("sectionName", "", Formats.NAME),
                fields.integer("port", 1, 65535, 0));
    }

    /// Two references to one object must differ in the part of it that they name.
    private static void checkDistinct(Fields spec, ParentRef one, ParentRef other) {
        if (!one.sameObject(other)) {
            return;
        }
        if (whole(one) || whole(other) || one.equals(other)) {
            String object = other.kind() + " " + other.namespace() + "/" + other.name();
            throw spec.refused(
                    "parentRefs",
                    "refers to " + object + " twice; expected each with a sectionName or port of its own");
        }
    }

    private static boolean whole(ParentRef ref) {
        return ref.sectionName().isEmpty() && ref.port() == 0;
    }
}
