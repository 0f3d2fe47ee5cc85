package dev.culvert.mesh.xds;

import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.JsonSchema;

/// Reads JSON with the YAML reader that is here anyway, JSON being a part of YAML.
///
/// Stateless.
final class Json {
    private static final String BEGINNINGS = "{[\"-0123456789tfn";

    private Json() {}

    /// Maps, lists, text, numbers, booleans, or null.
    ///
    /// @throws IllegalArgumentException when `text` is none
    static @Nullable Object parse(String text) {
        String stripped = text.strip();
        if (stripped.isEmpty() || BEGINNINGS.indexOf(stripped.charAt(0)) < 0) {
            throw new IllegalArgumentException("expected JSON, found '" + text + "'");
        }
        LoadSettings settings =
                LoadSettings.builder().setSchema(new JsonSchema()).build();
        try {
            Object value = new Load(settings).loadFromString(stripped);
            if (value instanceof String && stripped.charAt(0) != '"') {
                throw new IllegalArgumentException("expected JSON, found '" + text + "'");
            }
            return value;
        } catch (YamlEngineException e) {
            throw new IllegalArgumentException("expected JSON: " + e.getMessage(), e);
        }
    }
}
