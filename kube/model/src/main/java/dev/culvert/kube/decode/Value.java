package dev.culvert.kube.decode;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A node of a parsed document that remembers the line it stands on (1-based; 0 when it came without lines).
/// Immutable.
public sealed interface Value {
    int line();

    /// What a person calls it in an error message.
    String describe();

    record Text(String text, int line) implements Value {
        @Override
        public String describe() {
            return "the string \"" + (text.length() > 60 ? text.substring(0, 60) + "…" : text) + "\"";
        }
    }

    record Whole(long number, int line) implements Value {
        @Override
        public String describe() {
            return "the number " + number;
        }
    }

    record Fraction(double number, int line) implements Value {
        @Override
        public String describe() {
            return "the number " + number;
        }
    }

    record Flag(boolean flag, int line) implements Value {
        @Override
        public String describe() {
            return "the boolean " + flag;
        }
    }

    record Nothing(int line) implements Value {
        @Override
        public String describe() {
            return "null";
        }
    }

    record Items(List<Value> items, int line) implements Value {
        public Items {
            items = List.copyOf(items);
        }

        @Override
        public String describe() {
            return "a list";
        }
    }

    /// Keys in the order of the document.
    record Mapping(Map<String, Value> fields, int line) implements Value {
        public static final Mapping EMPTY = new Mapping(Map.of(), 0);

        public Mapping {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }

        @Override
        public String describe() {
            return "an object";
        }
    }

    /// The same as a JSON parser would make it: maps, lists, strings, numbers, booleans and nulls.
    default @Nullable Object toJson() {
        return switch (this) {
            case Text text -> text.text();
            case Whole whole -> whole.number();
            case Fraction fraction -> fraction.number();
            case Flag flag -> flag.flag();
            case Nothing _ -> null;
            case Items items -> {
                List<@Nullable Object> list = new ArrayList<>(items.items().size());
                items.items().forEach(item -> list.add(item.toJson()));
                yield list;
            }
            case Mapping mapping -> {
                Map<String, @Nullable Object> map =
                        LinkedHashMap.newLinkedHashMap(mapping.fields().size());
                mapping.fields().forEach((key, value) -> map.put(key, value.toJson()));
                yield map;
            }
        };
    }

    /// The tree of what a JSON parser makes: maps, lists, strings, numbers, booleans and nulls.
    ///
    /// @throws DecodeException when there is anything else in it
    static Value ofJson(@Nullable Object json) {
        return switch (json) {
            case null -> new Nothing(0);
            case String text -> new Text(text, 0);
            case Boolean flag -> new Flag(flag, 0);
            case Double number -> new Fraction(number, 0);
            case Float number -> new Fraction(number, 0);
            case Number number -> new Whole(number.longValue(), 0);
            case List<?> list -> new Items(list.stream().map(Value::ofJson).toList(), 0);
            case Map<?, ?> map -> {
                Map<String, Value> fields = LinkedHashMap.newLinkedHashMap(map.size());
                map.forEach((key, value) -> fields.put(String.valueOf(key), ofJson(value)));
                yield new Mapping(fields, 0);
            }
            default ->
                throw new DecodeException("", 0, "is a " + json.getClass().getName() + "; expected JSON");
        };
    }
}
