package dev.culvert.kube.decode;

import java.util.function.Predicate;
import java.util.regex.Pattern;

/// How a text must look, and how an error message says so. Immutable.
public record Format(Predicate<String> test, String expected) {
    /// Texts that match `pattern` as a whole and have at most `maxLength` characters.
    public static Format of(String pattern, int maxLength, String expected) {
        Predicate<String> matches = Pattern.compile(pattern).asMatchPredicate();
        return new Format(text -> text.length() <= maxLength && matches.test(text), expected);
    }

    boolean accepts(String text) {
        return test.test(text);
    }
}
