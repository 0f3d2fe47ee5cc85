package dev.culvert.waypoint.observe;

import java.util.Objects;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/// Reads an [Expression] by recursive descent. Used once, by one thread.
final class ExpressionParser {
    /// Of parentheses and the like in each other.
    private static final int DEEPEST = 64;

    private final String source;
    private int at;
    private int depth;

    ExpressionParser(String source) {
        this.source = source;
    }

    Expression parse() {
        Expression whole = choice();
        skipSpace();
        if (at < source.length()) {
            throw wrong("the end");
        }
        return whole;
    }

    private Expression choice() {
        deeper();
        Expression condition = or();
        if (!take("?")) {
            depth--;
            return condition;
        }
        Expression then = choice();
        expect(":");
        Expression otherwise = choice();
        depth--;
        return exchange -> condition.holds(exchange) ? then.value(exchange) : otherwise.value(exchange);
    }

    private void deeper() {
        if (++depth > DEEPEST) {
            throw wrong("at most " + DEEPEST + " levels");
        }
    }

    private Expression or() {
        Expression left = and();
        while (take("||")) {
            Expression first = left;
            Expression second = and();
            left = exchange -> first.holds(exchange) || second.holds(exchange);
        }
        return left;
    }

    private Expression and() {
        Expression left = comparison();
        while (take("&&")) {
            Expression first = left;
            Expression second = comparison();
            left = exchange -> first.holds(exchange) && second.holds(exchange);
        }
        return left;
    }

    private Expression comparison() {
        Expression left = unary();
        if (take("==")) {
            Expression right = unary();
            return exchange -> equal(left.value(exchange), right.value(exchange));
        }
        if (take("!=")) {
            Expression right = unary();
            return exchange -> !equal(left.value(exchange), right.value(exchange));
        }
        if (take("<=")) {
            return ordered(left, unary(), order -> order <= 0);
        }
        if (take(">=")) {
            return ordered(left, unary(), order -> order >= 0);
        }
        if (take("<")) {
            return ordered(left, unary(), order -> order < 0);
        }
        return take(">") ? ordered(left, unary(), order -> order > 0) : left;
    }

    private static boolean equal(@Nullable Object one, @Nullable Object other) {
        return one != null && Objects.equals(one, other);
    }

    private static Expression ordered(Expression left, Expression right, java.util.function.IntPredicate wanted) {
        return exchange -> {
            Object one = left.value(exchange);
            Object other = right.value(exchange);
            if (one instanceof Long first && other instanceof Long second) {
                return wanted.test(Long.compare(first, second));
            }
            return one instanceof String first
                    && other instanceof String second
                    && wanted.test(first.compareTo(second));
        };
    }

    private Expression unary() {
        if (!peekIs("!=") && take("!")) {
            deeper();
            Expression inner = unary();
            depth--;
            return exchange -> !inner.holds(exchange);
        }
        Expression value = primary();
        while (take(".")) {
            String method = name();
            BiPredicate<String, String> test = switch (method) {
                case "startsWith" -> String::startsWith;
                case "endsWith" -> String::endsWith;
                case "contains" -> String::contains;
                default -> throw wrong("startsWith, endsWith or contains, not '" + method + "'");
            };
            expect("(");
            Expression receiver = value;
            Expression argument = choice();
            expect(")");
            value = exchange -> receiver.value(exchange) instanceof String text
                    && argument.value(exchange) instanceof String part
                    && test.test(text, part);
        }
        return value;
    }

    private Expression primary() {
        skipSpace();
        if (take("(")) {
            Expression inner = choice();
            expect(")");
            return inner;
        }
        if (at < source.length() && (source.charAt(at) == '\'' || source.charAt(at) == '"')) {
            String text = text();
            return _ -> text;
        }
        if (at < source.length() && (Character.isDigit(source.charAt(at)) || source.charAt(at) == '-')) {
            Long number = number();
            return _ -> number;
        }
        String word = name();
        return switch (word) {
            case "true" -> _ -> true;
            case "false" -> _ -> false;
            case "null" -> _ -> null;
            case "has" -> {
                expect("(");
                Expression inner = choice();
                expect(")");
                yield exchange -> inner.value(exchange) != null;
            }
            default -> attribute(word);
        };
    }

    /// `request.headers['x']`, `response.code` and so on.
    private Expression attribute(String root) {
        StringBuilder path = new StringBuilder(root);
        while (peekIs(".") && !isCall()) {
            take(".");
            path.append('.').append(name());
        }
        String key = "";
        if (take("[")) {
            key = text();
            expect("]");
        }
        Expression found = Attributes.find(path.toString(), key);
        if (found == null) {
            throw wrong("an attribute that is known, not '" + path + "'");
        }
        return found;
    }

    /// Whether what follows the point is a function.
    private boolean isCall() {
        int end = at + 1;
        while (end < source.length() && Character.isJavaIdentifierPart(source.charAt(end))) {
            end++;
        }
        return end < source.length() && source.charAt(end) == '(';
    }

    private String text() {
        skipSpace();
        if (at >= source.length() || (source.charAt(at) != '\'' && source.charAt(at) != '"')) {
            throw wrong("a text in quotes");
        }
        char quote = source.charAt(at++);
        StringBuilder text = new StringBuilder();
        while (at < source.length() && source.charAt(at) != quote) {
            char each = source.charAt(at++);
            if (each == '\\' && at < source.length()) {
                each = source.charAt(at++);
            }
            text.append(each);
        }
        if (at >= source.length()) {
            throw wrong("the end of the text");
        }
        at++;
        return text.toString();
    }

    private Long number() {
        int start = at;
        at++;
        while (at < source.length() && Character.isDigit(source.charAt(at))) {
            at++;
        }
        try {
            return Long.valueOf(source.substring(start, at));
        } catch (NumberFormatException _) {
            throw wrong("a whole number");
        }
    }

    private String name() {
        skipSpace();
        int start = at;
        while (at < source.length() && Character.isJavaIdentifierPart(source.charAt(at))) {
            at++;
        }
        if (start == at) {
            throw wrong("a name, a number or a text");
        }
        return source.substring(start, at);
    }

    private boolean peekIs(String token) {
        skipSpace();
        return source.startsWith(token, at);
    }

    private boolean take(String token) {
        if (!peekIs(token)) {
            return false;
        }
        at += token.length();
        return true;
    }

    private void expect(String token) {
        if (!take(token)) {
            throw wrong("'" + token + "'");
        }
    }

    private void skipSpace() {
        while (at < source.length() && Character.isWhitespace(source.charAt(at))) {
            at++;
        }
    }

    private IllegalArgumentException wrong(String expected) {
        return new IllegalArgumentException(
                "expression '" + source + "' at character " + (at + 1) + ": expected " + expected);
    }
}
