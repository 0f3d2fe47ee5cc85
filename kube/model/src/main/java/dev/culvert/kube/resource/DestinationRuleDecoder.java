package dev.culvert.kube.resource;

import dev.culvert.kube.decode.Fields;
import dev.culvert.kube.resource.DestinationRule.Subset;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Decodes a DestinationRule.
final class DestinationRuleDecoder {
    private DestinationRuleDecoder() {}

    static DestinationRule decode(ObjectMeta metadata, Fields fields) {
        Fields spec = fields.object("spec");
        return new DestinationRule(
                metadata,
                spec.requiredText("host"),
                TrafficPolicyDecoder.policy(spec),
                subsets(spec),
                spec.texts("exportTo"),
                spec.object("workloadSelector").textMap("matchLabels"),
                MetadataDecoder.conditions(fields.object("status")));
    }

    private static List<Subset> subsets(Fields spec) {
        Set<String> names = new HashSet<>();
        return spec.objects("subsets", fields -> {
            String name = fields.requiredText("name");
            if (!names.add(name)) {
                throw fields.refused("name", "is the name \"" + name + "\" a second time; expected one that is unique");
            }
            return new Subset(name, fields.textMap("labels"), TrafficPolicyDecoder.policy(fields));
        });
    }
}
