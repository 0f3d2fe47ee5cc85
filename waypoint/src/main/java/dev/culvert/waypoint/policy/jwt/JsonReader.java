package dev.culvert.waypoint.policy.jwt;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the JSON of tokens, and nothing that two readers could understand in two ways.
///
/// Confined to one call. Refused: a member that comes twice, anything after the end, bytes that
/// are no UTF-8, control
/// characters in texts, numbers and words that RFC 8259 does not know, and nesting deeper than
/// 32.
final class JsonReader {
    private static final int MAX_DEPTH = 32;
    private static final int MAX_DIGITS = 40;

    private final String text;
    private int at;

    private JsonReader(String text) {
        this.text = text;
    }

    /// The members of the object that `json` is; those that are null are left out.
    ///
    /// @throws MalformedTokenException when it is none
    static Map<String, Object> object(byte[] json) throws MalformedTokenException {
        JsonReader reader;
        try {
            reader = new JsonReader(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(json))
                    .toString());
        } catch (CharacterCodingException e) {
            throw new MalformedTokenException("is_not_UTF-8");
        }
        reader.skipSpace();
        Map<String, Object> members = reader.readObject(0);
        reader.skipSpace();
        if (reader.at != reader.text.length()) {
            throw new MalformedTokenException("has_something_after_its_end");
        }
        return members;
    }

    private Map<String, Object> readObject(int depth) throws MalformedTokenException {
        expect('{');
        Map<String, Object> members = new LinkedHashMap<>();
        List<String> nulls = new ArrayList<>(0);
        skipSpace();
        if (take('}')) {
            return members;
        }
        do {
            skipSpace();
            String name = readText();
            skipSpace();
            expect(':');
            Object value = readValue(depth + 1);
            if (members.containsKey(name) || nulls.contains(name)) {
                throw new MalformedTokenException("has_a_member_twice");
            }
            if (value == null) {
                nulls.add(name);
            } else {
                members.put(name, value);
            }
            skipSpace();
        } while (take(','));
        expect('}');
        return members;
    }

    private List<Object> readArray(int depth) throws MalformedTokenException {
        expect('[');
        List<Object> elements = new ArrayList<>();
        skipSpace();
        if (take(']')) {
            return elements;
        }
        do {
            Object value = readValue(depth + 1);
            if (value != null) {
                elements.add(value);
            }
            skipSpace();
        } while (take(','));
        expect(']');
        return elements;
    }

    private @Nullable Object readValue(int depth) throws MalformedTokenException {
        if (depth > MAX_DEPTH) {
            throw new MalformedTokenException("is_nested_too_deeply");
        }
        skipSpace();
        char c = peek();
        return switch (c) {
            case '{' -> readObject(depth);
            case '[' -> readArray(depth);
            case '"' -> readText();
            case 't' -> readWord("true", true);
            case 'f' -> readWord("false", false);
            case 'n' -> readWord("null", null);
            default -> readNumber();
        };
    }

    private @Nullable Object readWord(String word, @Nullable Object value) throws MalformedTokenException {
        if (!text.startsWith(word, at)) {
            throw new MalformedTokenException("is_no_JSON");
        }
        at += word.length();
        return value;
    }

    private String readText() throws MalformedTokenException {
        expect('"');
        StringBuilder result = new StringBuilder();
        while (!take('"')) {
            char c = peek();
            at++;
            if (c < ' ') {
                throw new MalformedTokenException("is_no_JSON");
            }
            result.append(c == '\\' ? readEscape() : c);
        }
        return result.toString();
    }

    private char readEscape() throws MalformedTokenException {
        char c = peek();
        at++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> readUnit();
            default -> throw new MalformedTokenException("is_no_JSON");
        };
    }

    private char readUnit() throws MalformedTokenException {
        int unit = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit(peek(), 16);
            if (digit < 0 || peek() > 'f') {
                throw new MalformedTokenException("is_no_JSON");
            }
            unit = unit << 4 | digit;
            at++;
        }
        return (char) unit;
    }

    private Number readNumber() throws MalformedTokenException {
        int start = at;
        boolean negative = take('-');
        int whole = digits();
        boolean leadingZero = whole > 1 && text.charAt(start + (negative ? 1 : 0)) == '0';
        boolean fraction = take('.');
        boolean wellFormed = whole > 0 && !leadingZero && (!fraction || digits() > 0);
        boolean exponent = take('e') || take('E');
        if (exponent) {
            if (!take('+')) {
                take('-');
            }
            wellFormed &= digits() > 0;
        }
        if (!wellFormed || at - start > MAX_DIGITS) {
            throw new MalformedTokenException("is_no_JSON");
        }
        String number = text.substring(start, at);
        return fraction || exponent || whole > 18 ? asDecimal(number) : (Number) Long.valueOf(number);
    }

    private static Number asDecimal(String number) throws MalformedTokenException {
        try {
            BigDecimal decimal = new BigDecimal(number);
            // Sums with a number of a thousand million digits would take as much memory.
            if (Math.abs(decimal.scale()) <= MAX_DIGITS) {
                return decimal;
            }
        } catch (NumberFormatException e) {
            throw new MalformedTokenException("has_a_number_out_of_range");
        }
        throw new MalformedTokenException("has_a_number_out_of_range");
    }

    private int digits() {
        int start = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return at - start;
    }

    private void skipSpace() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char peek() throws MalformedTokenException {
        if (at >= text.length()) {
            throw new MalformedTokenException("is_cut_short");
        }
        return text.charAt(at);
    }

    private boolean take(char c) {
        boolean there = at < text.length() && text.charAt(at) == c;
        at += there ? 1 : 0;
        return there;
    }

    private void expect(char c) throws MalformedTokenException {
        if (!take(c)) {
            throw new MalformedTokenException(at >= text.length() ? "is_cut_short" : "is_no_JSON");
        }
    }
}
