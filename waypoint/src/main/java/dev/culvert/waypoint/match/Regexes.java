package dev.culvert.waypoint.match;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayDeque;
import java.util.Deque;

/// Compiles regular expressions within limits. Stateless; any thread.
public final class Regexes {
    /// The longest expression, in characters.
    public static final int MAX_LENGTH = 4096;
    /// The largest one after its counted repetitions are written out, in about as many
    /// instructions of its automaton.
    public static final int MAX_COST = 20_000;

    private Regexes() {}

    /// The expression as an automaton of linear time.
    ///
    /// @throws InvalidPattern when RE2 does not know the syntax, or the automaton would be too
    ///     large
    public static Pattern compile(String regex, boolean ignoreCase) throws InvalidPattern {
        if (regex.length() > MAX_LENGTH) {
            throw new InvalidPattern("regular expression of " + regex.length() + " characters; at most " + MAX_LENGTH);
        }
        if (cost(regex) > MAX_COST) {
            throw new InvalidPattern("regular expression " + regex + " repeats too much: it would need more than "
                    + MAX_COST + " instructions");
        }
        try {
            return Pattern.compile(regex, ignoreCase ? Pattern.CASE_INSENSITIVE : 0);
        } catch (PatternSyntaxException e) {
            throw new InvalidPattern("regular expression " + regex + " is not of RE2's syntax: " + e.getMessage());
        }
    }

    /// The texts that a full match must begin with, as far as that shows without parsing the
    /// expression: it is only used to look at fewer expressions, so a shorter one is never wrong.
    public static String literalPrefix(Pattern pattern) {
        String regex = pattern.pattern();
        if (pattern.flags() != 0 || regex.indexOf('|') >= 0) {
            return "";
        }
        int start = regex.startsWith("^") ? 1 : 0;
        int end = start;
        while (end < regex.length() && isPlain(regex.charAt(end))) {
            end++;
        }
        if (end < regex.length() && "*+?{".indexOf(regex.charAt(end)) >= 0 && end > start) {
            end--;
        }
        return regex.substring(start, end);
    }

    private static boolean isPlain(char c) {
        return c < 0x80 && ".\\+*?()[]{}^$|".indexOf(c) < 0;
    }

    /// About how many instructions the automaton has: one for an atom, as often as its counted
    /// repetitions say.
    static long cost(String regex) {
        Deque<Long> outer = new ArrayDeque<>();
        long cost = 0;
        long last = 0;
        for (int i = 0; i < regex.length() && cost <= MAX_COST; i++) {
            switch (regex.charAt(i)) {
                case '(' -> {
                    outer.push(cost);
                    cost = 0;
                    last = 0;
                }
                case ')' -> {
                    last = cost + 2;
                    cost = last + (outer.isEmpty() ? 0 : outer.pop());
                }
                case '{' -> cost += last * (repetitions(regex, i) - 1);
                case '[' -> {
                    i = endOfClass(regex, i);
                    last = 1;
                    cost++;
                }
                case '\\' -> {
                    i++;
                    last = 1;
                    cost++;
                }
                case '*', '+', '?', '|' -> cost++;
                default -> {
                    last = 1;
                    cost++;
                }
            }
        }
        return cost;
    }

    private static int endOfClass(String regex, int open) {
        int first = regex.startsWith("[^", open) ? open + 2 : open + 1;
        int i = first;
        while (i < regex.length() && (regex.charAt(i) != ']' || i == first)) {
            i += regex.charAt(i) == '\\' ? 2 : 1;
        }
        return i;
    }

    /// The largest number in the braces that begin at `open`; one when they hold none.
    private static long repetitions(String regex, int open) {
        long most = 1;
        long number = 0;
        for (int i = open + 1; i < regex.length() && i < open + 12; i++) {
            char c = regex.charAt(i);
            if (c >= '0' && c <= '9') {
                number = number * 10 + (c - '0');
                most = Math.max(most, number);
            } else if (c == ',') {
                number = 0;
            } else {
                break;
            }
        }
        return most;
    }
}
