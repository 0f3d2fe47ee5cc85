package dev.culvert.mesh.config;

import dev.culvert.process.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// Istio's proxy configuration: `PROXY_CONFIG`, laid over `defaultConfig` of the mesh configuration file.
///
/// Of its many fields five are a node proxy's: `discoveryAddress`, `proxyAdminPort`, `statsPort`, `concurrency` and
/// `proxyMetadata`. Read once, by one thread; immutable then.
public final class ProxyConfigFile {
    private static final String VARIABLE = "PROXY_CONFIG";
    private static final String MESH_FILE = "./etc/istio/config/mesh";
    private static final int MAX_ALIASES = 50;

    private final Settings settings;
    private final Map<String, Object> fields;

    private ProxyConfigFile(Settings settings, Map<String, Object> fields) {
        this.settings = settings;
        this.fields = fields;
    }

    public static ProxyConfigFile read(Settings settings, Machine machine) {
        Map<String, Object> fields = new TreeMap<>();
        Path mesh = machine.directory().resolve(MESH_FILE);
        if (Files.exists(mesh)) {
            Map<String, Object> document = parse(settings, mesh.toString(), contents(mesh));
            if (document.get("defaultConfig") instanceof Map<?, ?> defaults) {
                fields.putAll(byName(defaults));
            }
        }
        String variable = settings.string(VARIABLE);
        if (variable != null) {
            fields.putAll(parse(settings, VARIABLE, variable));
        }
        return new ProxyConfigFile(settings, fields);
    }

    private static String contents(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "unreadable: [" + e.getMessage();
        }
    }

    private static Map<String, Object> parse(Settings settings, String name, String text) {
        LoadSettings limits =
                LoadSettings.builder().setMaxAliasesForCollections(MAX_ALIASES).build();
        try {
            Object document = new Load(limits).loadFromString(text);
            if (document instanceof Map<?, ?> map) {
                return byName(map);
            }
            if (document == null) {
                return Map.of();
            }
        } catch (YamlEngineException _) {
            // told below
        }
        settings.mistake(name, "a YAML or JSON object");
        return Map.of();
    }

    private static Map<String, Object> byName(Map<?, ?> map) {
        Map<String, Object> result = new TreeMap<>();
        map.forEach((name, value) -> {
            if (value != null) {
                result.put(String.valueOf(name), value);
            }
        });
        return result;
    }

    public @Nullable String discoveryAddress() {
        Object value = fields.get("discoveryAddress");
        return value == null ? null : value.toString();
    }

    public int adminPort(int fallback) {
        return port("proxyAdminPort", fallback);
    }

    public int statsPort(int fallback) {
        return port("statsPort", fallback);
    }

    public @Nullable Integer concurrency() {
        return number("concurrency", 1_024);
    }

    public Map<String, String> metadata() {
        Map<String, String> result = new TreeMap<>();
        if (fields.get("proxyMetadata") instanceof Map<?, ?> map) {
            byName(map).forEach((name, value) -> result.put(name, value.toString()));
        }
        return result;
    }

    private int port(String field, int fallback) {
        Integer number = number(field, 65_535);
        return number == null ? fallback : number;
    }

    private @Nullable Integer number(String field, int most) {
        Object value = fields.get(field);
        if (value == null) {
            return null;
        }
        if (value instanceof Integer number && number >= 0 && number <= most) {
            return number;
        }
        settings.mistake(VARIABLE, field + " from 0 to " + most);
        return null;
    }
}
