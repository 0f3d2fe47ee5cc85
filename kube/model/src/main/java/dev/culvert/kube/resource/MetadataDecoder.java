package dev.culvert.kube.resource;

import dev.culvert.kube.decode.Fields;
import dev.culvert.kube.decode.Value;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Decodes what all resources share: metadata and conditions.
final class MetadataDecoder {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");
    private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    private MetadataDecoder() {}

    static ObjectMeta decode(Kind<?> kind, Fields fields) {
        String name = fields.requiredText("name");
        if (!NAME.matcher(name).matches()) {
            throw fields.wrong("name", "lower-case letters, digits, '-' and '.', at most 253 of them");
        }
        String namespace = kind.namespaced() ? fields.text("namespace", "default") : "";
        if (kind.namespaced() && !NAMESPACE.matcher(namespace).matches()) {
            throw fields.wrong("namespace", "lower-case letters, digits and '-', at most 63 of them");
        }
        String uid = fields.text("uid", "");
        return new ObjectMeta(
                namespace,
                name,
                uid.isEmpty() ? derivedUid(kind, namespace, name) : uid,
                fields.textMap("labels"),
                fields.textMap("annotations"),
                fields.objects("ownerReferences", MetadataDecoder::owner),
                orEpoch(fields.time("creationTimestamp")),
                fields.time("deletionTimestamp"),
                fields.wholeNumber("generation", 0, Long.MAX_VALUE, 0));
    }

    static List<Condition> conditions(Fields status) {
        return status.objects(
                "conditions",
                condition -> new Condition(
                        condition.requiredText("type"),
                        condition.requiredText("status"),
                        condition.text("reason", ""),
                        condition.text("message", ""),
                        generation(condition),
                        orEpoch(condition.time("lastTransitionTime"))));
    }

    /// A number, or a string of digits as the JSON form of a protocol buffer has it.
    private static long generation(Fields condition) {
        return condition.find("observedGeneration") instanceof Value.Text text
                        && text.text().matches("[0-9]{1,18}")
                ? Long.parseLong(text.text())
                : condition.wholeNumber("observedGeneration", 0, Long.MAX_VALUE, 0);
    }

    /// Always the same for the same object, and different from that of any other.
    private static String derivedUid(Kind<?> kind, String namespace, String name) {
        String source = kind + "/" + namespace + "/" + name;
        return UUID.nameUUIDFromBytes(source.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private static OwnerReference owner(Fields fields) {
        return new OwnerReference(
                fields.text("apiVersion", ""),
                fields.requiredText("kind"),
                fields.requiredText("name"),
                fields.text("uid", ""),
                fields.flag("controller", false));
    }

    private static Instant orEpoch(@Nullable Instant time) {
        return time == null ? Instant.EPOCH : time;
    }
}
