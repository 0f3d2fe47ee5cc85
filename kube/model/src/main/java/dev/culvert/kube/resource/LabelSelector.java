package dev.culvert.kube.resource;

import java.util.List;
import java.util.Map;

/// A choice of objects by their labels; all parts must hold, and one without parts chooses all. Immutable.
public record LabelSelector(Map<String, String> matchLabels, List<Requirement> requirements) {
    public LabelSelector {
        matchLabels = Map.copyOf(matchLabels);
        requirements = List.copyOf(requirements);
    }

    /// What the label `key` must be.
    public record Requirement(String key, Operator operator, List<String> values) {
        public Requirement {
            values = List.copyOf(values);
        }

        boolean holds(Map<String, String> labels) {
            String value = labels.get(key);
            return switch (operator) {
                case IN -> value != null && values.contains(value);
                case NOT_IN -> value == null || !values.contains(value);
                case EXISTS -> value != null;
                case DOES_NOT_EXIST -> value == null;
            };
        }
    }

    /// How a label is compared.
    public enum Operator {
        IN,
        NOT_IN,
        EXISTS,
        DOES_NOT_EXIST
    }

    /// Whether an object with these labels is chosen.
    public boolean matches(Map<String, String> labels) {
        return labels.entrySet().containsAll(matchLabels.entrySet())
                && requirements.stream().allMatch(requirement -> requirement.holds(labels));
    }
}
