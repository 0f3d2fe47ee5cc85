package dev.culvert.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Typed reads of named text values, usually of the environment. Confined to the thread that starts the
/// process.
///
/// A value that is present and cannot be understood is noted as a mistake, and the fallback stands in for
/// it, so that one start reports all of them: read everything, then call [#check].
public final class Settings {
    private final SortedMap<String, String> values;
    private final Function<String, @Nullable String> lookup;
    private final List<SettingErrors.Mistake> mistakes = new ArrayList<>();

    private Settings(Map<String, String> values, Function<String, @Nullable String> lookup) {
        this.values = new TreeMap<>(values);
        this.lookup = lookup;
    }

    /// Settings read from `values`.
    public static Settings of(Map<String, String> values) {
        Map<String, String> copy = Map.copyOf(values);
        return new Settings(copy, copy::get);
    }

    /// Settings read by `lookup`, which gives null for what is not set. [#withPrefix] finds nothing in these.
    public static Settings of(Function<String, @Nullable String> lookup) {
        return new Settings(Map.of(), lookup);
    }

    /// Ends the reading.
    ///
    /// @throws SettingErrors when anything read so far was a mistake
    public void check() {
        if (!mistakes.isEmpty()) {
            throw new SettingErrors(mistakes);
        }
    }

    /// Notes a mistake that only the caller can see, for example of two settings that exclude each other.
    public void mistake(String name, String expected) {
        String value = lookup.apply(name);
        mistakes.add(new SettingErrors.Mistake(name, value == null ? "(not set)" : value, expected));
    }

    /// The text as it was given; an empty text counts as given.
    public @Nullable String string(String name) {
        return lookup.apply(name);
    }

    public String string(String name, String fallback) {
        String value = lookup.apply(name);
        return value == null ? fallback : value;
    }

    /// A text that may be left out but not be empty: an empty one comes of a variable that was never
    /// filled in.
    public @Nullable String name(String name, String expected) {
        return parsed(name, expected, text -> text.isBlank() ? null : text);
    }

    public String name(String name, String expected, String fallback) {
        String value = name(name, expected);
        return value == null ? fallback : value;
    }

    /// A text that must be there and not empty; the empty text stands in for it when it is a mistake.
    public String required(String name, String expected) {
        String value = lookup.apply(name);
        if (value == null || value.isEmpty()) {
            mistake(name, expected);
            return "";
        }
        return value;
    }

    /// `true` or `false`, nothing else.
    public @Nullable Boolean bool(String name) {
        return parsed(name, "true or false", Settings::parseBool);
    }

    public boolean bool(String name, boolean fallback) {
        Boolean value = bool(name);
        return value == null ? fallback : value;
    }

    /// A whole number in `min` to `max`, both included.
    public @Nullable Integer integer(String name, int min, int max) {
        return parsed(name, "a whole number from " + min + " to " + max, text -> {
            Long value = parseLong(text);
            return value == null || value < min || value > max ? null : value.intValue();
        });
    }

    public int integer(String name, int fallback, int min, int max) {
        Integer value = integer(name, min, max);
        return value == null ? fallback : value;
    }

    /// A TCP or UDP port; 0 lets the kernel choose.
    public int port(String name, int fallback) {
        return integer(name, fallback, 0, 65_535);
    }

    /// A time span in human form: `500ms`, `10s`, `5m`, `1h30m`.
    public @Nullable Duration duration(String name) {
        return parsed(name, "a duration such as 500ms, 10s, 5m or 1h30m", HumanUnits::parseDuration);
    }

    public Duration duration(String name, Duration fallback) {
        Duration value = duration(name);
        return value == null ? fallback : value;
    }

    /// A size in bytes: `1048576`, `64KiB`, `4MiB`, `1GiB`.
    public long bytes(String name, long fallback, long min, long max) {
        Long value =
                parsed(name, "a size from " + min + " to " + max + " bytes, such as 1048576, 64KiB or 4MiB", text -> {
                    Long size = HumanUnits.parseBytes(text);
                    return size == null || size < min || size > max ? null : size;
                });
        return value == null ? fallback : value;
    }

    /// A constant of an enum, spelled in lower case with `-` for `_`; the case of the text is ignored.
    public <E extends Enum<E>> E choice(String name, E fallback) {
        Class<E> type = fallback.getDeclaringClass();
        String expected =
                EnumSet.allOf(type).stream().map(Settings::spelling).collect(Collectors.joining(", ", "one of ", ""));
        E value = parsed(name, expected, text -> {
            for (E constant : EnumSet.allOf(type)) {
                if (spelling(constant).equals(text.toLowerCase(Locale.ROOT))) {
                    return constant;
                }
            }
            return null;
        });
        return value == null ? fallback : value;
    }

    /// The parts of a text between commas, trimmed, empty ones left out.
    public List<String> list(String name, List<String> fallback) {
        String value = lookup.apply(name);
        if (value == null) {
            return fallback;
        }
        List<String> parts = new ArrayList<>();
        for (String part : value.split(",", -1)) {
            if (!part.isBlank()) {
                parts.add(part.strip());
            }
        }
        return List.copyOf(parts);
    }

    /// A file system path; an empty text is a mistake.
    public @Nullable Path path(String name) {
        return parsed(name, "a path", text -> text.isEmpty() || text.indexOf('\0') >= 0 ? null : Path.of(text));
    }

    public Path path(String name, Path fallback) {
        Path value = path(name);
        return value == null ? fallback : value;
    }

    /// What `parser` makes of the text; null when it is not set. A null from the parser is a mistake.
    public <T> @Nullable T parsed(String name, String expected, Function<String, @Nullable T> parser) {
        String text = lookup.apply(name);
        if (text == null) {
            return null;
        }
        T value = parser.apply(text);
        if (value == null) {
            mistake(name, expected);
        }
        return value;
    }

    /// The settings whose names begin with `prefix`, keyed by the rest of the name, in order of name.
    public SortedMap<String, String> withPrefix(String prefix) {
        SortedMap<String, String> found = new TreeMap<>();
        values.tailMap(prefix).forEach((name, value) -> {
            if (name.startsWith(prefix) && name.length() > prefix.length()) {
                found.put(name.substring(prefix.length()), value);
            }
        });
        return found;
    }

    private static @Nullable Boolean parseBool(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> null;
        };
    }

    private static @Nullable Long parseLong(String text) {
        try {
            return Long.valueOf(text.strip());
        } catch (NumberFormatException _) {
            return null;
        }
    }

    private static String spelling(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
