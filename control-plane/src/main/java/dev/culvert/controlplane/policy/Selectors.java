package dev.culvert.controlplane.policy;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// How selectors find the workloads they are for, with an index key so that a label change is only told to
/// selectors that name one of the labels. Pure.
public final class Selectors {
    /// Where a selector stands in an index: under the first of its labels.
    public record Bucket(String namespace, String label, String value) {}

    private Selectors() {}

    /// Whether all of `selector` is in `labels`; an empty selector matches nothing here.
    public static boolean matches(Map<String, String> selector, Map<String, String> labels) {
        return !selector.isEmpty() && labels.entrySet().containsAll(selector.entrySet());
    }

    /// The bucket of a selector; none for an empty one.
    public static Set<Bucket> bucket(String namespace, Map<String, String> selector) {
        if (selector.isEmpty()) {
            return Set.of();
        }
        var first = new TreeMap<>(selector).firstEntry();
        return Set.of(new Bucket(namespace, first.getKey(), first.getValue()));
    }

    /// The buckets in which every selector that matches `labels` is.
    public static Set<Bucket> lookups(String namespace, Map<String, String> labels) {
        Set<Bucket> buckets = new HashSet<>();
        labels.forEach((label, value) -> buckets.add(new Bucket(namespace, label, value)));
        return buckets;
    }
}
