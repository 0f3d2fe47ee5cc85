package dev.culvert.mesh.xds;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A mapping of a YAML document whose fields are taken one by one; what nobody takes is a mistake.
///
/// Confined to the thread that reads. Every complaint begins with the path of the field.
final class YamlObject {
    private final String path;
    private final Map<String, @Nullable Object> left = new LinkedHashMap<>();

    private YamlObject(String path) {
        this.path = path;
    }

    static YamlObject of(String path, @Nullable Object value) {
        YamlObject object = new YamlObject(path);
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, item) -> object.left.put(String.valueOf(key), item));
            return object;
        }
        throw wrong(path, value, "a mapping");
    }

    static IllegalArgumentException wrong(String path, @Nullable Object value, String expected) {
        return new IllegalArgumentException(path + " is '" + value + "'; expected " + expected);
    }

    String path(String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    @Nullable
    Object take(String field) {
        return left.remove(field);
    }

    String text(String field, String whenAbsent) {
        Object value = take(field);
        return value == null ? whenAbsent : text(path(field), value);
    }

    String text(String field) {
        Object value = take(field);
        if (value == null) {
            throw new IllegalArgumentException(path(field) + " is missing");
        }
        return text(path(field), value);
    }

    boolean bool(String field) {
        Object value = take(field);
        if (value == null) {
            return false;
        }
        if (value instanceof Boolean bool) {
            return bool;
        }
        throw wrong(path(field), value, "true or false");
    }

    int number(String field, int whenAbsent) {
        Object value = take(field);
        return value == null ? whenAbsent : number(path(field), value);
    }

    /// One of an enum by its name without underscores, whatever the case: `HostNetwork` is HOST_NETWORK.
    <E extends Enum<E>> E choice(String field, E whenAbsent) {
        Object value = take(field);
        return value == null ? whenAbsent : choice(path(field), value, whenAbsent.getDeclaringClass());
    }

    static <E extends Enum<E>> E choice(String path, Object value, Class<E> type) {
        String name = text(path, value).toLowerCase(Locale.ROOT);
        for (E constant : type.getEnumConstants()) {
            if (name.equals(constant.name().replace("_", "").toLowerCase(Locale.ROOT))) {
                return constant;
            }
        }
        throw wrong(path, value, "one of " + List.of(type.getEnumConstants()));
    }

    /// How one item of a list is read, given its path.
    interface Item<T> {
        T read(String path, Object value);
    }

    <T> List<T> list(String field, Item<T> item) {
        return list(path(field), take(field), item);
    }

    static <T> List<T> list(String path, @Nullable Object value, Item<T> item) {
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> items)) {
            throw wrong(path, value, "a list");
        }
        List<T> read = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            Object each = items.get(i);
            String itemPath = path + "[" + i + "]";
            if (each == null) {
                throw wrong(itemPath, null, "a value");
            }
            read.add(at(itemPath, each, item));
        }
        return read;
    }

    /// The field as an object of its own, or null when it is absent.
    <T> @Nullable T object(String field, Function<YamlObject, T> read) {
        Object value = take(field);
        return value == null ? null : whole(path(field), value, read);
    }

    /// Reads a whole mapping: what is left over, or illegal in it, is reported with its path.
    static <T> T whole(String path, Object value, Function<YamlObject, T> read) {
        YamlObject object = of(path, value);
        T result = at(path, object, (where, it) -> read.apply(object));
        if (!object.left.isEmpty()) {
            String field = object.left.keySet().iterator().next();
            throw new IllegalArgumentException(object.path(field) + " is not known");
        }
        return result;
    }

    /// All that is left, as numbers by number: ports.
    Map<Integer, Integer> numbers() {
        Map<Integer, Integer> numbers = new LinkedHashMap<>();
        left.forEach((key, value) -> numbers.put(number(path(key), key), number(path(key), value)));
        left.clear();
        return numbers;
    }

    /// The names of the fields that are left.
    List<String> fields() {
        return List.copyOf(left.keySet());
    }

    static String text(String path, @Nullable Object value) {
        if (value instanceof String || value instanceof Number || value instanceof Boolean) {
            return value.toString();
        }
        throw wrong(path, value, "text");
    }

    static int number(String path, @Nullable Object value) {
        try {
            return Integer.parseInt(text(path, value));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(path + " is '" + value + "'; expected a whole number", e);
        }
    }

    /// What the model refuses has no path yet.
    private static <T> T at(String path, Object value, Item<T> item) {
        try {
            return item.read(path, value);
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            throw message.startsWith(path) ? e : new IllegalArgumentException(path + ": " + message, e);
        }
    }
}
