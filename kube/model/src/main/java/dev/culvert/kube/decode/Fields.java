package dev.culvert.kube.decode;

import java.net.InetAddress;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The fields of one object of a document, read by name and type. A field of the wrong type is a
/// [DecodeException] that names it; a field that nobody reads is no error. Absent and null are the same, as
/// at an API server. Immutable.
public final class Fields {
    private final Value.Mapping mapping;
    private final String path;

    private Fields(Value.Mapping mapping, String path) {
        this.mapping = mapping;
        this.path = path;
    }

    /// The fields of a whole document.
    public static Fields of(Value document) {
        if (document instanceof Value.Mapping mapping) {
            return new Fields(mapping, "");
        }
        throw new DecodeException("", document.line(), "is " + document.describe() + "; expected an object");
    }

    /// Whether the field is there and not null.
    public boolean has(String name) {
        return find(name) != null;
    }

    /// The names of all fields, in the order of the document.
    public Set<String> names() {
        return mapping.fields().keySet();
    }

    public String text(String name, String fallback) {
        Value value = find(name);
        return value == null ? fallback : asText(at(name), value);
    }

    public String requiredText(String name) {
        String text = text(name, "");
        if (text.isEmpty()) {
            throw missing(name, "a string");
        }
        return text;
    }

    /// The text in this field, which must have the `format` unless the field is absent.
    public String text(String name, String fallback, Format format) {
        Value value = find(name);
        return value == null ? fallback : asText(at(name), value, format);
    }

    /// The text in this field, which must have the `format`.
    public String requiredText(String name, Format format) {
        Value value = find(name);
        if (value == null) {
            throw missing(name, format.expected());
        }
        return asText(at(name), value, format);
    }

    public boolean flag(String name, boolean fallback) {
        return switch (find(name)) {
            case null -> fallback;
            case Value.Flag flag -> flag.flag();
            case Value other -> throw wrong(at(name), other, "true or false");
        };
    }

    /// A whole number from `min` to `max`.
    public int integer(String name, int min, int max, int fallback) {
        return (int) wholeNumber(name, min, max, fallback);
    }

    /// A whole number from `min` to `max`.
    public long wholeNumber(String name, long min, long max, long fallback) {
        return switch (find(name)) {
            case null -> fallback;
            case Value.Whole whole when whole.number() >= min && whole.number() <= max -> whole.number();
            case Value other -> throw wrong(at(name), other, "a whole number from " + min + " to " + max);
        };
    }

    /// A number from `min` to `max`, whole or not.
    public double number(String name, double min, double max, double fallback) {
        Value value = find(name);
        double number = switch (value) {
            case null -> fallback;
            case Value.Whole whole -> whole.number();
            case Value.Fraction fraction -> fraction.number();
            case Value _ -> Double.NaN;
        };
        if (value != null && !(number >= min && number <= max)) {
            throw wrong(at(name), value, "a number from " + plain(min) + " to " + plain(max));
        }
        return number;
    }

    /// A port, 1 to 65535.
    public int requiredPort(String name) {
        int port = integer(name, 1, 65535, 0);
        if (port == 0) {
            throw missing(name, "a port from 1 to 65535");
        }
        return port;
    }

    /// The member of `type` that the field spells, upper and lower case alike.
    public <E extends Enum<E>> E choice(String name, Class<E> type, E fallback) {
        Value value = find(name);
        if (value == null) {
            return fallback;
        }
        String expected = "one of " + Arrays.toString(type.getEnumConstants());
        if (value instanceof Value.Text text) {
            for (E constant : type.getEnumConstants()) {
                if (constant.name().equalsIgnoreCase(text.text())) {
                    return constant;
                }
            }
        }
        throw wrong(at(name), value, expected);
    }

    /// The member of `type` that the field spells in CamelCase, as `PathPrefix` spells `PATH_PREFIX`.
    public <E extends Enum<E>> E camelChoice(String name, Class<E> type, E fallback) {
        Value value = find(name);
        if (value == null) {
            return fallback;
        }
        List<String> spelled = new ArrayList<>();
        for (E constant : type.getEnumConstants()) {
            String camel = camel(constant.name());
            if (value instanceof Value.Text text && camel.equals(text.text())) {
                return constant;
            }
            spelled.add(camel);
        }
        throw wrong(at(name), value, "one of " + spelled);
    }

    /// A duration such as `1h30m` or `1.5s`, or null when absent.
    public @Nullable Duration duration(String name) {
        return duration(name, DurationText::parse, "a duration such as 1h30m, 1.5s or 250ms");
    }

    /// A duration as the Gateway API writes it (GEP-2257), or null when absent.
    public @Nullable Duration gatewayDuration(String name) {
        return duration(
                name,
                DurationText::parseStrict,
                "a duration such as 1h30m, 10s or 250ms (whole numbers of at most five digits, at most four parts)");
    }

    private @Nullable Duration duration(String name, Function<String, @Nullable Duration> parser, String expected) {
        Value value = find(name);
        if (value == null) {
            return null;
        }
        Duration duration = value instanceof Value.Text text ? parser.apply(text.text()) : null;
        if (duration == null) {
            throw wrong(at(name), value, expected);
        }
        return duration;
    }

    /// A time as RFC 3339 writes it, or null when absent.
    public @Nullable Instant time(String name) {
        Value value = find(name);
        if (value == null) {
            return null;
        }
        String text = asText(at(name), value);
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException _) {
            throw wrong(at(name), value, "a time such as 2026-01-31T12:00:00Z");
        }
    }

    /// The object in this field; one without fields when it is absent.
    public Fields object(String name) {
        return switch (find(name)) {
            case null -> new Fields(new Value.Mapping(Map.of(), mapping.line()), at(name));
            case Value.Mapping inner -> new Fields(inner, at(name));
            case Value other -> throw wrong(at(name), other, "an object");
        };
    }

    /// The objects in this list; none when it is absent.
    public <T> List<T> objects(String name, Function<Fields, T> decoder) {
        return items(name, (at, item) -> {
            if (item instanceof Value.Mapping inner) {
                return decoder.apply(new Fields(inner, at));
            }
            throw wrong(at, item, "an object");
        });
    }

    /// The strings in this list; none when it is absent.
    public List<String> texts(String name) {
        return items(name, Fields::asText);
    }

    /// The strings in this list, each of which must have the `format`; none when it is absent.
    public List<String> texts(String name, Format format) {
        return items(name, (at, item) -> asText(at, item, format));
    }

    /// The whole numbers from `min` to `max` in this list; none when it is absent.
    public List<Integer> integers(String name, int min, int max) {
        return items(name, (at, item) -> {
            if (item instanceof Value.Whole whole && whole.number() >= min && whole.number() <= max) {
                return (int) whole.number();
            }
            throw wrong(at, item, "a whole number from " + min + " to " + max);
        });
    }

    /// Says so when this list has fewer than `min` items or more than `max`; an absent one has none.
    public void size(String name, int min, int max) {
        Value value = find(name);
        int size = value instanceof Value.Items list ? list.items().size() : 0;
        if (size < min || size > max) {
            String expected = max == Integer.MAX_VALUE ? "at least " + min : min + " to " + max;
            throw refused(name, "has " + size + " items; expected " + expected);
        }
    }

    /// The IP addresses in this list; none when it is absent.
    public List<InetAddress> addresses(String name) {
        return items(name, Fields::asAddress);
    }

    /// The IP address in this field.
    public InetAddress requiredAddress(String name) {
        Value value = find(name);
        if (value == null) {
            throw missing(name, "an IP address");
        }
        return asAddress(at(name), value);
    }

    /// The strings by name in this object; none when it is absent.
    public Map<String, String> textMap(String name) {
        Fields inner = object(name);
        Map<String, String> texts = LinkedHashMap.newLinkedHashMap(inner.names().size());
        inner.mapping.fields().forEach((key, value) -> {
            // A null label or annotation is an empty one, as at an API server.
            texts.put(key, value instanceof Value.Nothing ? "" : asText(inner.at(key), value));
        });
        return texts;
    }

    /// The objects by name in this object, in the order of the document; none when it is absent.
    public <T> Map<String, T> objectMap(String name, Function<Fields, T> decoder) {
        Fields inner = object(name);
        Map<String, T> objects = LinkedHashMap.newLinkedHashMap(inner.names().size());
        inner.names().forEach(key -> objects.put(key, decoder.apply(inner.object(key))));
        return objects;
    }

    /// The value in this field as it is, or null when absent.
    public @Nullable Value find(String name) {
        Value value = mapping.fields().get(name);
        return value instanceof Value.Nothing ? null : value;
    }

    /// These fields, none of which may have another name than these.
    public Fields only(String... known) {
        for (String name : names()) {
            if (!List.of(known).contains(name)) {
                throw refused(name, "is no field of this object; expected one of " + Arrays.toString(known));
            }
        }
        return this;
    }

    /// Says that the value of a field is not what was `expected`.
    public DecodeException wrong(String name, String expected) {
        Value value = mapping.fields().get(name);
        return value == null ? missing(name, expected) : wrong(at(name), value, expected);
    }

    /// Says why this object as a whole is not right.
    public DecodeException refused(String reason) {
        return new DecodeException(path, mapping.line(), reason);
    }

    /// Says why the value of a field is not right, when [#wrong] would not say it.
    public DecodeException refused(String name, String reason) {
        Value value = mapping.fields().get(name);
        return new DecodeException(at(name), value == null ? mapping.line() : value.line(), reason);
    }

    private <T> List<T> items(String name, BiFunction<String, Value, T> decoder) {
        Value value = find(name);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof Value.Items list)) {
            throw wrong(at(name), value, "a list");
        }
        List<T> decoded = new ArrayList<>(list.items().size());
        for (int i = 0; i < list.items().size(); i++) {
            decoded.add(decoder.apply(at(name) + "[" + i + "]", list.items().get(i)));
        }
        return decoded;
    }

    private static String asText(String at, Value value) {
        if (value instanceof Value.Text text) {
            return text.text();
        }
        boolean quotable =
                value instanceof Value.Whole || value instanceof Value.Flag || value instanceof Value.Fraction;
        throw wrong(at, value, quotable ? "a string (put it in quotes)" : "a string");
    }

    private static String asText(String at, Value value, Format format) {
        String text = asText(at, value);
        if (!format.accepts(text)) {
            throw wrong(at, value, format.expected());
        }
        return text;
    }

    private static InetAddress asAddress(String at, Value value) {
        String text = asText(at, value);
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException _) {
            throw wrong(at, value, "an IP address");
        }
    }

    private static DecodeException wrong(String at, Value value, String expected) {
        return new DecodeException(at, value.line(), "is " + value.describe() + "; expected " + expected);
    }

    private DecodeException missing(String name, String expected) {
        return new DecodeException(at(name), mapping.line(), "is missing; expected " + expected);
    }

    private String at(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private static String camel(String constant) {
        StringBuilder camel = new StringBuilder();
        for (String word : constant.split("_", -1)) {
            camel.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return camel.toString();
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? String.valueOf((long) number) : String.valueOf(number);
    }
}
