package dev.culvert.plugin;

import java.util.LinkedHashMap;
import java.util.Map;

/// What decides whether a pod is in the mesh: its own labels and annotations and its namespace's
/// labels. Immutable.
public record PodFacts(
        String namespace,
        String name,
        boolean hostNetwork,
        Map<String, String> labels,
        Map<String, String> annotations,
        Map<String, String> namespaceLabels) {
    public PodFacts {
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
        namespaceLabels = Map.copyOf(namespaceLabels);
    }

    /// As the agent tells them to the plugin.
    public String json() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("PodName", name);
        facts.put("PodNamespace", namespace);
        facts.put("HostNetwork", hostNetwork);
        facts.put("Labels", labels);
        facts.put("Annotations", annotations);
        facts.put("NamespaceLabels", namespaceLabels);
        return Json.write(facts);
    }

    /// The facts that [#json()] has written.
    static PodFacts parse(String json) {
        Map<String, Object> facts = Json.parseObject(json);
        return new PodFacts(
                Json.text(facts.get("PodNamespace"), ""),
                Json.text(facts.get("PodName"), ""),
                Boolean.TRUE.equals(facts.get("HostNetwork")),
                Json.texts(facts.get("Labels")),
                Json.texts(facts.get("Annotations")),
                Json.texts(facts.get("NamespaceLabels")));
    }
}
