package dev.culvert.plugin;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Says whether a pod is in the mesh, and why; the plugin and the agent use the same one.
/// Immutable.
///
/// A pod is in when any selector matches, unless something excludes it: its namespace, the host's
/// network, a sidecar.
public record Enrolment(List<Selector> selectors, Set<String> excludedNamespaces) {
    private static final String MODE = "istio.io/dataplane-mode";
    private static final String SIDECAR = "sidecar.istio.io/status";
    private static final List<Selector> DEFAULT_SELECTORS = List.of(
            new Selector(new LabelSelector(Map.of(MODE, "ambient"), List.of()), LabelSelector.ANY),
            new Selector(
                    new LabelSelector(Map.of(), List.of(new LabelSelector.Requirement(MODE, "NotIn", List.of("none")))),
                    new LabelSelector(Map.of(MODE, "ambient"), List.of())));

    /// Istio's rule: the label on the pod, or on its namespace unless the pod refuses;
    /// `kube-system` is left alone.
    public static final Enrolment DEFAULT = new Enrolment(DEFAULT_SELECTORS, Set.of("kube-system"));

    /// A pair that must both match.
    public record Selector(LabelSelector pod, LabelSelector namespace) {
        boolean matches(PodFacts facts) {
            return pod.matches(facts.labels()) && namespace.matches(facts.namespaceLabels());
        }
    }

    /// The outcome, with its reason in words.
    public sealed interface Verdict {
        String reason();
    }

    /// The pod belongs in the mesh.
    public record Enrol(String reason) implements Verdict {}

    /// The pod is none of ours.
    public record PassOver(String reason) implements Verdict {}

    public Enrolment {
        selectors = List.copyOf(selectors);
        excludedNamespaces = Set.copyOf(excludedNamespaces);
    }

    /// The rule with these selectors, given as parsed JSON or YAML of Istio's
    /// `enablement_selectors`; null or an empty list stands for the default.
    ///
    /// @throws IllegalArgumentException when a selector cannot be understood
    public static Enrolment of(@Nullable Object selectors, Set<String> excludedNamespaces) {
        List<Selector> parsed = new ArrayList<>();
        for (Object item : Json.list(selectors)) {
            Map<String, Object> selector = Json.object(item);
            parsed.add(new Selector(
                    LabelSelector.of(selector.get("podSelector")),
                    LabelSelector.of(selector.get("namespaceSelector"))));
        }
        return new Enrolment(parsed.isEmpty() ? DEFAULT_SELECTORS : parsed, excludedNamespaces);
    }

    /// Whether no pod of this namespace can be in the mesh.
    public boolean excludes(String namespace) {
        return excludedNamespaces.contains(namespace);
    }

    /// Judges one pod.
    public Verdict judge(PodFacts facts) {
        if (excludes(facts.namespace())) {
            return new PassOver("namespace " + facts.namespace() + " is excluded");
        }
        if (facts.hostNetwork()) {
            return new PassOver("the pod uses the host's network");
        }
        if (facts.annotations().containsKey(SIDECAR)) {
            return new PassOver("the pod has a sidecar (annotation " + SIDECAR + ")");
        }
        for (Selector selector : selectors) {
            if (selector.matches(facts)) {
                return new Enrol(why(facts));
            }
        }
        return new PassOver(
                "none".equals(facts.labels().get(MODE))
                        ? "the pod's label " + MODE + " is none"
                        : "no selector matches the pod's labels or its namespace's");
    }

    private static String why(PodFacts facts) {
        if ("ambient".equals(facts.labels().get(MODE))) {
            return "the pod's label " + MODE + " is ambient";
        }
        return "ambient".equals(facts.namespaceLabels().get(MODE))
                ? "label " + MODE + " of namespace " + facts.namespace() + " is ambient"
                : "a configured selector matches";
    }
}
