package dev.culvert.mesh.config;

import dev.culvert.process.Settings;
import java.util.Map;
import java.util.TreeMap;

/// What this process says of itself to the discovery server: each `ISTIO_META_X` by the name `X`, and the entries of
/// the proxy configuration where no variable says otherwise. Immutable.
///
/// @param text plain values
/// @param json values that are JSON text (`ISTIO_METAJSON_X`)
public record NodeMetadata(Map<String, String> text, Map<String, String> json) {
    private static final String PREFIX = "ISTIO_META_";
    private static final String JSON_PREFIX = "ISTIO_METAJSON_";

    public NodeMetadata {
        text = Map.copyOf(text);
        json = Map.copyOf(json);
    }

    public static NodeMetadata of(Settings settings, Map<String, String> proxyMetadata) {
        Map<String, String> text = new TreeMap<>();
        proxyMetadata.forEach(
                (name, value) -> text.put(name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name, value));
        text.putAll(settings.withPrefix(PREFIX));
        return new NodeMetadata(text, settings.withPrefix(JSON_PREFIX));
    }

    public String text(String name, String fallback) {
        return text.getOrDefault(name, fallback);
    }
}
