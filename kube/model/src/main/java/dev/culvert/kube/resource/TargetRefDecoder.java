package dev.culvert.kube.resource;

import dev.culvert.kube.decode.Fields;
import java.util.ArrayList;
import java.util.List;

/// Decodes what a policy is attached to.
final class TargetRefDecoder {
    private static final int MAX_TARGETS = 16;

    private TargetRefDecoder() {}

    /// The targets of a policy that has targets or a selector, not both.
    static List<TargetRef> targetsOrSelector(ObjectMeta metadata, Fields spec) {
        List<TargetRef> targets = targets(metadata, spec);
        if (!targets.isEmpty() && spec.has("selector")) {
            throw spec.refused("selector", "stands beside targetRefs; expected only one of them");
        }
        return targets;
    }

    static List<TargetRef> targets(ObjectMeta metadata, Fields spec) {
        spec.size("targetRefs", 0, MAX_TARGETS);
        List<TargetRef> all = new ArrayList<>(spec.objects("targetRefs", fields -> target(metadata, fields)));
        if (spec.has("targetRef")) {
            all.add(target(metadata, spec.object("targetRef")));
        }
        return all;
    }

    private static TargetRef target(ObjectMeta metadata, Fields fields) {
        String group = fields.text("group", "");
        if (!fields.text("namespace", metadata.namespace()).equals(metadata.namespace())) {
            throw fields.wrong("namespace", "the policy's own namespace, " + metadata.namespace() + ", or none");
        }
        return new TargetRef(
                group.equals("core") ? "" : group,
                fields.requiredText("kind"),
                metadata.namespace(),
                fields.requiredText("name"));
    }
}
