package dev.culvert.kube.resource;

import java.util.Map;

/// Configuration as text by key. Immutable.
public record ConfigMap(ObjectMeta metadata, Map<String, String> data) implements Resource {
    public ConfigMap {
        data = Map.copyOf(data);
    }
}
