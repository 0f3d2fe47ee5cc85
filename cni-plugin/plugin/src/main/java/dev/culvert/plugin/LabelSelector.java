package dev.culvert.plugin;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A Kubernetes label selector: labels that must be there as given, and expressions, all of which
/// must hold. Immutable.
///
/// One without any requirement matches everything.
public record LabelSelector(Map<String, String> labels, List<Requirement> expressions) {
    /// The selector that matches everything.
    public static final LabelSelector ANY = new LabelSelector(Map.of(), List.of());

    /// One expression: `operator` is `In`, `NotIn`, `Exists` or `DoesNotExist`.
    public record Requirement(String key, String operator, List<String> values) {
        public Requirement {
            values = List.copyOf(values);
            if (!List.of("In", "NotIn", "Exists", "DoesNotExist").contains(operator)) {
                throw new IllegalArgumentException("operator is '" + operator + "' for label " + key
                        + "; expected In, NotIn, Exists or DoesNotExist");
            }
        }

        boolean matches(Map<String, String> labels) {
            String value = labels.get(key);
            return switch (operator) {
                case "In" -> value != null && values.contains(value);
                case "NotIn" -> value == null || !values.contains(value);
                case "Exists" -> value != null;
                default -> value == null;
            };
        }
    }

    public LabelSelector {
        labels = Map.copyOf(labels);
        expressions = List.copyOf(expressions);
    }

    /// The selector that a manifest's `matchLabels` and `matchExpressions` spell, given as parsed
    /// JSON or YAML.
    ///
    /// @throws IllegalArgumentException when an operator is unknown
    static LabelSelector of(@Nullable Object tree) {
        Map<String, Object> selector = Json.object(tree);
        List<Requirement> expressions = new ArrayList<>();
        for (Object item : Json.list(selector.get("matchExpressions"))) {
            Map<String, Object> expression = Json.object(item);
            expressions.add(new Requirement(
                    Json.text(expression.get("key"), ""),
                    Json.text(expression.get("operator"), ""),
                    Json.textList(expression.get("values"))));
        }
        return new LabelSelector(Json.texts(selector.get("matchLabels")), expressions);
    }

    /// Whether `candidate` meets every requirement.
    public boolean matches(Map<String, String> candidate) {
        return candidate.entrySet().containsAll(labels.entrySet())
                && expressions.stream().allMatch(e -> e.matches(candidate));
    }
}
