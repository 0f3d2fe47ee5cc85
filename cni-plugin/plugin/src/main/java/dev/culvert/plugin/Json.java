package dev.culvert.plugin;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// JSON (RFC 8259) to maps, lists, strings, numbers and booleans, and back. Confined to the thread
/// that parses.
///
/// Objects keep the order of their keys and numbers their digits, so that what is read can be
/// printed back. The null of JSON is [#NULL].
public final class Json {
    /// The null of JSON.
    public static final Object NULL = new Object() {
        @Override
        public String toString() {
            return "null";
        }
    };

    private static final int DEPTH = 64;

    private final String text;
    private int at;
    private int depth;

    private Json(String text) {
        this.text = text;
    }

    /// The value that `text` spells.
    ///
    /// @throws IllegalArgumentException when it is no JSON, with the position
    public static Object parse(String text) {
        Json json = new Json(text);
        Object value = json.value();
        json.skipSpace();
        if (json.at < text.length()) {
            throw json.bad("the end");
        }
        return value;
    }

    /// The object that `text` spells.
    ///
    /// @throws IllegalArgumentException when it is no JSON object
    public static Map<String, Object> parseObject(String text) {
        Object value = parse(text);
        if (!(value instanceof Map<?, ?>)) {
            throw new IllegalArgumentException("expected a JSON object");
        }
        return object(value);
    }

    /// `value` as an object, empty when it is none.
    @SuppressWarnings("unchecked") // the parser makes no other maps
    public static Map<String, Object> object(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }

    /// `value` as a list, empty when it is none.
    public static List<?> list(@Nullable Object value) {
        return value instanceof List<?> list ? list : List.of();
    }

    /// `value` as text, `fallback` when it is none.
    public static String text(@Nullable Object value, String fallback) {
        return value instanceof String s ? s : fallback;
    }

    /// The members of `value` that are text.
    public static Map<String, String> texts(@Nullable Object value) {
        Map<String, String> texts = new LinkedHashMap<>();
        object(value).forEach((name, member) -> {
            if (member instanceof String s) {
                texts.put(name, s);
            }
        });
        return texts;
    }

    /// The items of `value` that are text.
    public static List<String> textList(@Nullable Object value) {
        List<String> texts = new ArrayList<>();
        for (Object item : list(value)) {
            if (item instanceof String s) {
                texts.add(s);
            }
        }
        return texts;
    }

    /// `value` as JSON on one line.
    public static String write(Object value) {
        StringBuilder out = new StringBuilder();
        write(value, out);
        return out.toString();
    }

    private static void write(Object value, StringBuilder out) {
        switch (value) {
            case Map<?, ?> map -> {
                String separator = "{";
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    quote(String.valueOf(entry.getKey()), out.append(separator));
                    write(entry.getValue(), out.append(':'));
                    separator = ",";
                }
                out.append(map.isEmpty() ? "{}" : "}");
            }
            case List<?> list -> {
                String separator = "[";
                for (Object item : list) {
                    write(item, out.append(separator));
                    separator = ",";
                }
                out.append(list.isEmpty() ? "[]" : "]");
            }
            case String s -> quote(s, out);
            default -> out.append(value);
        }
    }

    private static void quote(String s, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append("\\u00").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    private Object value() {
        skipSpace();
        if (at >= text.length()) {
            throw bad("a value");
        }
        return switch (text.charAt(at)) {
            case '{' -> nested('}');
            case '[' -> nested(']');
            case '"' -> string();
            case 't' -> literal("true", true);
            case 'f' -> literal("false", false);
            case 'n' -> literal("null", NULL);
            default -> number();
        };
    }

    private Object nested(char close) {
        if (++depth > DEPTH) {
            throw bad("at most " + DEPTH + " levels");
        }
        at++;
        Map<String, Object> members = new LinkedHashMap<>();
        List<Object> items = new ArrayList<>();
        skipSpace();
        boolean more = at < text.length() && text.charAt(at) != close;
        while (more) {
            if (close == '}') {
                skipSpace();
                String name = string();
                expect(':');
                members.put(name, value());
            } else {
                items.add(value());
            }
            skipSpace();
            more = at < text.length() && text.charAt(at) == ',';
            at += more ? 1 : 0;
        }
        expect(close);
        depth--;
        return close == '}' ? members : items;
    }

    private String string() {
        expect('"');
        StringBuilder out = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return out.toString();
            }
            if (c < ' ') {
                at--;
                throw bad("no control character in a string");
            }
            out.append(c == '\\' ? escaped() : c);
        }
        throw bad("the end of a string");
    }

    private char escaped() {
        char c = at < text.length() ? text.charAt(at++) : ' ';
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw bad("an escape");
        };
    }

    private char unicode() {
        int code = 0;
        for (int end = at + 4; at < end; at++) {
            int digit = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
            if (digit < 0) {
                throw bad("four hexadecimal digits");
            }
            code = (code << 4) | digit;
        }
        return (char) code;
    }

    private Object literal(String word, Object value) {
        if (!text.startsWith(word, at)) {
            throw bad(word);
        }
        at += word.length();
        return value;
    }

    private Object number() {
        int start = at;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        String digits = text.substring(start, at);
        try {
            boolean whole = digits.length() < 18 && digits.chars().allMatch(c -> c == '-' || (c >= '0' && c <= '9'));
            return whole ? (Object) Long.valueOf(digits) : new BigDecimal(digits);
        } catch (NumberFormatException e) {
            at = start;
            throw bad("a value");
        }
    }

    private void expect(char c) {
        skipSpace();
        if (at >= text.length() || text.charAt(at) != c) {
            throw bad("'" + c + "'");
        }
        at++;
    }

    private void skipSpace() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private IllegalArgumentException bad(String expected) {
        return new IllegalArgumentException("no JSON at character " + at + ": expected " + expected);
    }
}
