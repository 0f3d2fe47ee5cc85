package dev.culvert.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// Parsed JSON as maps, lists and plain values, and back to text. Stateless.
///
/// The parser is that of YAML 1.2, of which JSON is a part and which the command line has on its
/// class path anyway.
final class Json {
    private static final int MAX_CHARS = 512 << 20;

    private Json() {}

    /// @throws IllegalArgumentException when `text` is not a JSON object
    static Map<String, Object> object(String text) {
        LoadSettings settings =
                LoadSettings.builder().setCodePointLimit(MAX_CHARS).build();
        try {
            return map(new Load(settings).loadFromString(text));
        } catch (YamlEngineException e) {
            throw new IllegalArgumentException("the answer is no JSON: " + e.getMessage(), e);
        }
    }

    /// `value` as a map; empty when it is none.
    static Map<String, Object> map(@Nullable Object value) {
        Map<String, Object> copy = new TreeMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, element) -> {
                if (element != null) {
                    copy.put(String.valueOf(key), element);
                }
            });
        }
        return copy;
    }

    /// `value` as a list; empty when it is none.
    static List<Object> list(@Nullable Object value) {
        List<Object> copy = new ArrayList<>();
        if (value instanceof List<?> list) {
            for (Object element : list) {
                if (element != null) {
                    copy.add(element);
                }
            }
        }
        return copy;
    }

    /// The text or number at `key`, else `-`.
    static String text(Map<String, Object> object, String key) {
        Object value = object.get(key);
        return value == null || value.toString().isEmpty() ? "-" : value.toString();
    }

    static String print(Object value) {
        StringBuilder text = new StringBuilder();
        print(value, "\n", text);
        return text.toString();
    }

    private static void print(@Nullable Object value, String newLine, StringBuilder text) {
        String inner = newLine + "  ";
        switch (value) {
            case null -> text.append("null");
            case Map<?, ?> map
            when !map.isEmpty() -> {
                String separator = "{";
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    text.append(separator).append(inner);
                    quote(String.valueOf(entry.getKey()), text);
                    text.append(": ");
                    print(entry.getValue(), inner, text);
                    separator = ",";
                }
                text.append(newLine).append('}');
            }
            case List<?> list
            when !list.isEmpty() -> {
                String separator = "[";
                for (Object element : list) {
                    text.append(separator).append(inner);
                    print(element, inner, text);
                    separator = ",";
                }
                text.append(newLine).append(']');
            }
            case Map<?, ?> _ -> text.append("{}");
            case List<?> _ -> text.append("[]");
            case String string -> quote(string, text);
            default -> text.append(value);
        }
    }

    private static void quote(String string, StringBuilder text) {
        text.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            switch (c) {
                case '"', '\\' -> text.append('\\').append(c);
                case '\n' -> text.append("\\n");
                default -> {
                    if (c < ' ') {
                        text.append(String.format("\\u%04x", (int) c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }
}
