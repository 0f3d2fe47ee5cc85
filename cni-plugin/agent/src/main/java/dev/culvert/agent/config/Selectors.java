package dev.culvert.agent.config;

import dev.culvert.plugin.Enrolment;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// Reads enablement selectors, which Istio's chart writes as YAML. Thread-safe: it has no state.
final class Selectors {
    private Selectors() {}

    /// The rule that `text` describes; null when it is no list or cannot be understood.
    static @Nullable Enrolment parse(String text, Set<String> excludedNamespaces) {
        try {
            Object tree = new Load(LoadSettings.builder().build()).loadFromString(text);
            return tree instanceof java.util.List<?> ? Enrolment.of(tree, excludedNamespaces) : null;
        } catch (YamlEngineException | IllegalArgumentException e) {
            return null;
        }
    }
}
