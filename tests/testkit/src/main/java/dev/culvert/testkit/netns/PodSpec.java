package dev.culvert.testkit.netns;

import java.util.HashMap;
import java.util.Map;

/// What a pod is before it runs: the part of its manifest that a test chooses.
public record PodSpec(
        String namespace,
        String name,
        String serviceAccount,
        Map<String, String> labels,
        Map<String, String> annotations) {
    public PodSpec {
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
    }

    /// A pod whose label `app` is `app` and whose service account has the same name.
    public static PodSpec of(String namespace, String name, String app) {
        return new PodSpec(namespace, name, app, Map.of("app", app), Map.of());
    }

    /// The same with one more label.
    public PodSpec withLabel(String key, String value) {
        Map<String, String> more = new HashMap<>(labels);
        more.put(key, value);
        return new PodSpec(namespace, name, serviceAccount, more, annotations);
    }

    /// The same with one more annotation.
    public PodSpec withAnnotation(String key, String value) {
        Map<String, String> more = new HashMap<>(annotations);
        more.put(key, value);
        return new PodSpec(namespace, name, serviceAccount, labels, more);
    }

    /// The same with another service account.
    public PodSpec withServiceAccount(String account) {
        return new PodSpec(namespace, name, account, labels, annotations);
    }
}
